using System.Globalization;
using System.Text.Json.Nodes;
using WorldModelActors.Media;

namespace WorldModelActors.Episodes.Tests;

/// <summary>The simulator against the episodes that made the demo model (assets/demo-world-model/truth).</summary>
public sealed class PushTableTests
{
    private static readonly string s_demo = Path.Combine(RepositoryFiles.Root, "assets", "demo-world-model");

    public static TheoryData<int> Prompts => [.. Enumerable.Range(0, 8)];

    [Theory]
    [MemberData(nameof(Prompts))]
    public void Replaying_recorded_actions_gives_the_recorded_states(int prompt)
    {
        var truth = Truth(prompt);
        var task = PushTableTask.Find(PathOf(prompt))!;
        var actions = Transition.Load(Path.Combine(s_demo, "prompts", "transitions", "pushtable", $"{prompt}.h5")).Action;
        var state = task.Start;
        for (var frame = 0; frame <= actions.Rows; frame++)
        {
            Assert.Equal(At(truth, "pusher", frame), state.Pusher);
            Assert.Equal(At(truth, "velocity", frame), state.Velocity);
            Assert.Equal(PointOf(truth["blocks"]![frame]![0]!), state.Block0);
            Assert.Equal(PointOf(truth["blocks"]![frame]![1]!), state.Block1);
            Assert.Equal((double)truth["goal_error"]![frame]!, task.ErrorOf(state));
            if (frame < actions.Rows)
            {
                state = PushTableSimulator.Step(state, actions[frame, 0], actions[frame, 1]);
            }
        }

        Assert.Equal(80, actions.Rows);
        Assert.Equal(state, task.Replay(actions.Values)[^1]);
    }

    [Theory]
    [MemberData(nameof(Prompts))]
    public void Pictures_are_the_recorded_ones(int prompt)
    {
        var task = PushTableTask.Find(PathOf(prompt))!;
        using var recorded = Image.Load(Path.ChangeExtension(PathOf(prompt), ".png"));
        var actions = Transition.Load(Path.Combine(s_demo, "prompts", "transitions", "pushtable", $"{prompt}.h5")).Action;
        var frame = 0;
        foreach (var state in task.Replay(actions.Values).Prepend(task.Start))
        {
            using var picture = task.Draw(state);
            Assert.True(picture.Pixels.SequenceEqual(recorded.Pixels.Slice(frame * picture.Length, picture.Length)), $"frame {frame}");
            frame++;
        }

        Assert.Equal(recorded.Height, frame * 64);
    }

    [Fact]
    public void Blocks_do_not_overlap_and_stay_on_the_table()
    {
        var random = new Random(7);
        var state = PushTableTask.Find(PathOf(0))!.Start;
        for (var i = 0; i < 3000; i++)
        {
            state = PushTableSimulator.Step(state, (random.NextSingle() * 90) - 15, (random.NextSingle() * 90) - 15);
            Assert.InRange(state.Block0.X, 6, 58);
            Assert.InRange(state.Block1.Y, 6, 50);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"instruction": "x", "task": "push", "target_block": 2, "direction": "left"}""")]
    [InlineData("""{"instruction": "x", "task": "dance", "target_block": 0, "direction": "left"}""")]
    public void Other_files_are_no_truth(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("0.json"), text);
        Assert.Null(PushTableTask.Find(folder.File("0.json")));
        Assert.Null(PushTableTask.Find(folder.File("1.json")));
    }

    private static string PathOf(int prompt) => Path.Combine(s_demo, "truth", string.Create(CultureInfo.InvariantCulture, $"{prompt}.json"));

    private static JsonObject Truth(int prompt) => JsonNode.Parse(File.ReadAllText(PathOf(prompt)))!.AsObject();

    private static Point At(JsonObject truth, string name, int frame) => PointOf(truth[name]![frame]!);

    private static Point PointOf(JsonNode node) => new((double)node[0]!, (double)node[1]!);
}
