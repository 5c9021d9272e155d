using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability.Tests;

/// <summary>SIGTERM and Ctrl-C: the iteration in hand is finished, the episodes are given back, and the node leaves.</summary>
public sealed class DrainTests(Demo demo)
{
    [Theory]
    [InlineData("node", Signal.Terminate, 0)]
    [InlineData("node", Signal.Interrupt, 0)]
    // Whoever waits for its end has not got what was asked for.
    [InlineData("resume", Signal.Interrupt, 130)]
    public async Task The_iteration_is_finished_and_the_episodes_are_released(string command, Signal signal, int exit)
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0, 1));
        var node = scenario.Command(command, "leaver", "--episodes-in-flight", "2");
        await WriterTrap.AfterAsync(node, scenario.Place.State, "segment-000000", scenario.Stop);
        node.Send(signal);
        node.Send(Signal.Continue);
        Assert.True(await node.EndAsync(scenario.Stop) == exit, node.Text);

        var left = await scenario.Place.DossiersAsync(scenario.Stop);
        Assert.All(left, it => Assert.Null(it.Lease));
        Assert.All(left.Where(it => it.Episode.State != JournalState.Completed), it => Assert.Equal(JournalState.Planned, it.Episode.State));
        // One that was begun at all had its iteration committed before it was given back.
        Assert.Contains(left, it => it.Count(EventKind.Released) == 1 && it.HasCommitted("leaver"));
        Assert.Empty(WriterTrap.Unfinished(scenario.Place.State));
        Assert.True((await scenario.Place.Journal.SummaryAsync(stop: scenario.Stop)).Nodes.Count == 0, "the node did not say good-bye");

        await scenario.FinishAsync("heir");
        // Nobody had to wait for a lease to run out.
        Assert.All(await scenario.IntactAsync(), it => Assert.Equal(0, it.TakeOvers()));
    }

    [Fact]
    public async Task On_request_of_another_process()
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0));
        var node = scenario.Node("leaver");
        await WriterTrap.AfterAsync(node, scenario.Place.State, "segment-000000", scenario.Stop);
        Assert.Equal(1, await scenario.Place.Journal.DrainAsync("leaver", scenario.Stop));
        node.Send(Signal.Continue);
        Assert.True(await node.EndAsync(scenario.Stop) == 0, node.Text);
        Assert.Null(Assert.Single(await scenario.Place.DossiersAsync(scenario.Stop)).Lease);

        await scenario.FinishAsync("heir");
        Assert.Equal(0, Assert.Single(await scenario.IntactAsync()).TakeOvers());
    }
}
