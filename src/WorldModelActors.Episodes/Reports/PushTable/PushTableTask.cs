using System.Text.Json;
using System.Text.Json.Nodes;
using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>What the robot was told on the demo table, and from where it began (<c>truth/&lt;videoid&gt;.json</c> beside the demo's prompts).</summary>
public sealed record PushTableTask
{
    /// <summary>A task is solved when less than this is left, pixels.</summary>
    public const double SolvedBelow = 2;

    private const double ReachDistance = 11;

    private PushTableTask()
    {
    }

    /// <summary>What the robot was told.</summary>
    public required string Instruction { get; init; }

    /// <summary>The block that it is about, 0 or 1.</summary>
    public required int Target { get; init; }

    /// <summary>Where the block must get: <c>left</c>, <c>right</c>, <c>top</c>, <c>bottom</c>; null where the pusher must reach it.</summary>
    public required string? Direction { get; init; }

    /// <summary>The table before the first action.</summary>
    public required PushTableState Start { get; init; }

    /// <summary>Colours of the blocks.</summary>
    public required (Rgb Block0, Rgb Block1) Colours { get; init; }

    /// <summary>Reads the truth of a prompt; null where there is none, or the file is something else.</summary>
    public static PushTableTask? Find(string path)
    {
        const int mostBytes = 16 << 20;
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= mostBytes } || JsonNode.Parse(File.ReadAllText(path)) is not JsonObject truth)
            {
                return null;
            }

            return new PushTableTask
            {
                Instruction = (string)truth["instruction"]!,
                Target = (int)truth["target_block"]! is (0 or 1) and var target ? target : throw new FormatException("no such block"),
                Direction = (string)truth["task"]! switch { "push" => DirectionOf((string)truth["direction"]!), "reach" => null, _ => throw new FormatException("no such task") },
                Colours = (ColourOf(truth["colors"]![0]!), ColourOf(truth["colors"]![1]!)),
                Start = new PushTableState(
                    PointOf(truth["pusher"]![0]!), PointOf(truth["velocity"]![0]!), PointOf(truth["blocks"]![0]![0]!), PointOf(truth["blocks"]![0]![1]!)),
            };
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or NullReferenceException
            or ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>What is left to do, pixels; 0 where it is done.</summary>
    public double ErrorOf(PushTableState state)
    {
        var block = state.Block(Target);
        return Direction switch
        {
            "left" => Math.Max(0, block.X - 12),
            "right" => Math.Max(0, 52 - block.X),
            "top" => Math.Max(0, block.Y - 12),
            "bottom" => Math.Max(0, 44 - block.Y),
            _ => Math.Max(0, Distance(state.Pusher - block) - ReachDistance),
        };
    }

    /// <summary>The recorded goal errors come from a dot product with fused multiply-add; so does this, to be equal in the last bit.</summary>
    private static double Distance(Point d) => Math.Sqrt(Math.FusedMultiplyAdd(d.Y, d.Y, d.X * d.X));

    /// <summary>What the camera sees; the picture belongs to the caller.</summary>
    public Image Draw(PushTableState state) => PushTablePicture.Draw(state, Colours.Block0, Colours.Block1);

    /// <summary>Executes actions from the start.</summary>
    /// <param name="actions">Commanded positions [n, 2], pixels.</param>
    /// <returns>The table after each action.</returns>
    public IReadOnlyList<PushTableState> Replay(ReadOnlySpan<float> actions)
    {
        var states = new List<PushTableState>(actions.Length / 2);
        for (var i = 0; i + 1 < actions.Length; i += 2)
        {
            states.Add(PushTableSimulator.Step(states.Count == 0 ? Start : states[^1], actions[i], actions[i + 1]));
        }

        return states;
    }

    private static string DirectionOf(string text) => text is "left" or "right" or "top" or "bottom" ? text : throw new FormatException("no such direction");

    private static Rgb ColourOf(JsonNode name) => PushTablePicture.ColourOf((string)name!) ?? throw new FormatException("no such colour");

    private static Point PointOf(JsonNode node) => new((double)node[0]!, (double)node[1]!);
}
