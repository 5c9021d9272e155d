using WorldModelActors.Episodes;
using WorldModelActors.Reliability;
using WorldModelActors.Reliability.Tests;

namespace WorldModelActors.Cluster.Tests;

/// <summary>A cluster of nodes that do not see each other's state folder.</summary>
public sealed class OwnFoldersTests(Demo demo)
{
    [Fact]
    public async Task An_episode_that_moves_goes_on_with_the_files_of_a_node_that_runs_none_any_more()
    {
        await using var scenario = await Scenario.EmptyAsync(demo);
        var seats = ClusterSeat.OnLoopback(2);
        var first = Start(0);
        await first.LineAsync("1 member", scenario.Stop);
        await scenario.Place.PlanAsync(Demo.Work(0), scenario.Stop);
        await WriterTrap.AfterAsync(first, FolderOf(0), "segment-000000", scenario.Stop);
        first.Send(Signal.Terminate);
        first.Send(Signal.Continue);
        Assert.True(await first.EndAsync(scenario.Stop) == 0, first.Text);

        // Its next life only plans, and hands out what it has.
        var again = Start(0, "--roles", "control");
        await again.LineAsync("1 member", scenario.Stop);
        var second = Start(1);
        var done = Assert.Single(await scenario.UntilAsync("the episode has ended", all => all.AllEnded()));

        Assert.Equal(JournalState.Completed, done.Episode.State);
        Assert.True(done.HasCommitted(ClusterScenario.NameOf(0)) && done.HasCommitted(ClusterScenario.NameOf(1)), again.Text + second.Text);
        Assert.Equal(0, done.Count(EventKind.Rewound));
        Assert.Contains($"fetched from {ClusterScenario.NameOf(0)}", second.Text);
        var output = EpisodeOutput.Read(EpisodeFiles.Open(FolderOf(1)), done.Episode);
        Assert.Empty(output.DifferencesFrom((await scenario.UndisturbedAsync()).Find(done.Episode)!));

        // A node without episodes is a node like the others: `wma node drain` ends it.
        var (exit, text) = await scenario.Place.CommandAsync(scenario.Stop, "node", "drain", ClusterScenario.NameOf(0));
        Assert.True(exit == 0, text);
        Assert.True(await again.EndAsync(scenario.Stop) == 0, again.Text);
        second.Send(Signal.Terminate);
        Assert.True(await second.EndAsync(scenario.Stop) == 0, second.Text);

        string FolderOf(int seat) => scenario.PathOf(ClusterScenario.NameOf(seat));

        WmaProcess Start(int seat, params string[] more) =>
            scenario.Place.StartNode(ClusterScenario.NameOf(seat), seats[seat], ["--lease", Scenario.Lease, "--state", FolderOf(seat), "--exchange", "127.0.0.1:0", .. more]);
    }
}
