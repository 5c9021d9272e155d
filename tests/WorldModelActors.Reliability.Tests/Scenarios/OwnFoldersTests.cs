using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability.Tests;

/// <summary>Nodes that do not see each other's state folder: files of an episode that moves are fetched from the node that has them.</summary>
public sealed class OwnFoldersTests(Demo demo)
{
    private const string AnyPort = "127.0.0.1:0";

    [Fact]
    public async Task An_episode_goes_on_elsewhere_with_what_the_first_node_left_and_is_exported_from_a_third_place()
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0));
        var first = scenario.Node("first", "--exchange", AnyPort);
        await scenario.AfterAsync(first, "segment-000000");
        first.Send(Signal.Terminate);
        first.Send(Signal.Continue);
        Assert.True(await first.EndAsync(scenario.Stop) == 0, first.Text);
        var moving = Assert.Single(await scenario.Place.DossiersAsync(scenario.Stop));
        Assert.InRange(moving.Episode.Committed, 1, 2);

        // Its next life hands out what is there, and is busy with something else that goes first.
        var (sweep, urgent) = new Workload([1], Iterations: 400) { Name = "urgent" }.Plan();
        await scenario.Place.Journal.PlanAsync(sweep, [urgent[0] with { Priority = 1 }], scenario.Stop);
        var again = scenario.Node("first", "--exchange", AnyPort);
        await scenario.UntilAsync("the urgent one is at work", all => all.Any(it => it.Episode.Priority == 1 && it.Iterations.Count > 0));
        var second = Command(scenario, "node", "second", scenario.PathOf("state of second"), "--exchange", AnyPort);
        var done = (await scenario.UntilAsync("the episode has ended", all => all.Any(it => it.Episode.Id == moving.Episode.Id && it.Episode.State.IsEnded()))).Single(it => it.Episode.Id == moving.Episode.Id);

        Assert.Equal(JournalState.Completed, done.Episode.State);
        Assert.True(done.HasCommitted("first") && done.HasCommitted("second"), again.Text + second.Text);
        Assert.Equal(0, done.Count(EventKind.Rewound));
        Assert.Contains("fetched from first", second.Text);
        var output = EpisodeOutput.Read(EpisodeFiles.Open(scenario.PathOf("state of second")), done.Episode);
        Assert.Empty(output.DifferencesFrom((await scenario.UndisturbedAsync()).Find(done.Episode)!));

        // Nobody's results are in the third folder.
        var (exit, text) = await scenario.Place.CommandAsync(
            scenario.Stop, "episodes", "export", done.Episode.Id, "--out", scenario.PathOf("export"), "--state", scenario.PathOf("state of nobody"));
        Assert.True(exit == 0, text);
        var video = Assert.Single(Directory.GetFiles(Path.Combine(scenario.PathOf("export"), "videos")));
        Assert.Equal(File.ReadAllBytes(EpisodeFiles.Open(scenario.PathOf("state of second")).PathOf(done.Episode.Id, done.Episode.Results.Single(file => file.Name.EndsWith(".mp4", StringComparison.Ordinal)))), File.ReadAllBytes(video));
    }

    private static WmaProcess Command(Scenario scenario, string command, string name, string state, params IReadOnlyList<string> more) =>
        scenario.Command(command, name, ["--state", state, .. more]);
}
