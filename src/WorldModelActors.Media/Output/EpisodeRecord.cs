using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorldModelActors.Media;

/// <summary>
/// What is known about an episode that was run (<c>episode.json</c>): enough to run it again and to tell what its files are.
/// </summary>
public sealed record EpisodeRecord
{
    /// <summary>The episode reached its last iteration.</summary>
    public const string Completed = "completed";

    /// <summary>The episode was stopped on request.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The episode ended with an error.</summary>
    public const string Failed = "failed";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Version of this layout.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Name of the episode; with the run seed it fixes all noise.</summary>
    public required string Episode { get; init; }

    /// <summary><see cref="Completed"/>, <see cref="Cancelled"/> or <see cref="Failed"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Cause { get; init; }

    /// <summary>What the robot was told.</summary>
    public required string Instruction { get; init; }

    /// <summary>Everything that decides what the frames look like, except the model itself.</summary>
    public required JsonObject Arguments { get; init; }

    /// <summary>Which model made it.</summary>
    public required ModelRecord Model { get; init; }

    /// <summary>What it started from.</summary>
    public required PromptRecord Prompt { get; init; }

    /// <summary>What it ran on.</summary>
    public required MachineRecord Machine { get; init; }

    /// <summary>Iterations completed.</summary>
    public int Iterations { get; init; }

    /// <summary>Its video.</summary>
    public required VideoRecord Video { get; init; }

    /// <summary>How long it took.</summary>
    public required TimingRecord Timings { get; init; }

    /// <summary>Software that made it.</summary>
    public required VersionRecord Versions { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset Ended { get; init; }

    /// <summary>Whether both are the same run: same arguments, model, prompt and kind of video, hence the same files.</summary>
    public bool IsSameRun(EpisodeRecord other) =>
        JsonNode.DeepEquals(Arguments, other.Arguments)
        && Instruction == other.Instruction
        && Model.Digest == other.Model.Digest
        && Model.ConfigurationDigest == other.Model.ConfigurationDigest
        && Prompt.Digest == other.Prompt.Digest
        && Video.Fps == other.Video.Fps
        && Video.Codec == other.Video.Codec;

    /// <summary>The record as text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json) + "\n";

    /// <summary>Reads a record; null where the text is none.</summary>
    public static EpisodeRecord? FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<EpisodeRecord>(text, s_json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The model of an episode.</summary>
/// <param name="Configuration">Its configuration file.</param>
/// <param name="ConfigurationDigest">SHA-256 of the configuration file.</param>
/// <param name="Checkpoint">Its weights; null for random ones.</param>
/// <param name="Digest">SHA-256 of all bytes of the checkpoint, or the seed of random weights.</param>
/// <param name="Parameters">Parameters that the networks use.</param>
public sealed record ModelRecord(string Configuration, string ConfigurationDigest, string? Checkpoint, string Digest, long Parameters);

/// <summary>What an episode started from.</summary>
/// <param name="Table">The prompt table.</param>
/// <param name="Line">Line of the table.</param>
/// <param name="Image">The first camera picture.</param>
/// <param name="Transitions">The recorded actions and states.</param>
/// <param name="Digest">SHA-256 of picture, transitions and statistics, one after the other.</param>
public sealed record PromptRecord(string Table, int Line, string Image, string Transitions, string Digest);

/// <summary>What an episode ran on.</summary>
/// <param name="Name">Name of the machine.</param>
/// <param name="Device">The device of the networks.</param>
/// <param name="Threads">CPU threads of an operator.</param>
public sealed record MachineRecord(string Name, string Device, int Threads);

/// <summary>The video of an episode.</summary>
/// <param name="Frames">Frames in it.</param>
/// <param name="Fps">Frames per second.</param>
/// <param name="Width">Columns of a frame.</param>
/// <param name="Height">Rows of a frame.</param>
/// <param name="Codec">Codec, four characters.</param>
public sealed record VideoRecord(int Frames, double Fps, int Width, int Height, string Codec);

/// <summary>Seconds that an episode took. Phases overlap, so they may add up to more than the whole.</summary>
/// <param name="Total">Wall time.</param>
/// <param name="PerIteration">Wall time of an iteration; 0 where none was completed.</param>
/// <param name="Embed">Observation to tokens.</param>
/// <param name="Policy">Sampling actions.</param>
/// <param name="World">Sampling the future.</param>
/// <param name="Decode">Decoding that the next observation waited for.</param>
/// <param name="Write">Waiting for the video writer.</param>
public sealed record TimingRecord(double Total, double PerIteration, double Embed, double Policy, double World, double Decode, double Write);

/// <summary>Software that made an episode.</summary>
public sealed record VersionRecord(string Wma, string Libtorch, string Dotnet, string System);
