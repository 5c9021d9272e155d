using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability.Tests;

/// <summary>Episodes that are cancelled under their owner's hands, and taken up again.</summary>
public sealed class CancelTests(Demo demo)
{
    [Fact]
    public async Task The_owner_lets_go_of_it_and_a_retry_goes_on_where_it_was()
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0, 1));
        var node = scenario.Node("node", "--exit-when-done", "--episodes-in-flight", "1");
        var first = Path.GetFileName(Path.GetDirectoryName(await WriterTrap.AfterAsync(node, scenario.Place.State, "segment-000001", scenario.Stop))!);
        var (exit, text) = await scenario.Place.CommandAsync(scenario.Stop, "cancel", first);
        Assert.True(exit == 0, text);
        node.Send(Signal.Continue);
        // It does the other one, and nothing more is left.
        Assert.True(await node.EndAsync(scenario.Stop) == 0, node.Text);

        var dossiers = await scenario.IntactAsync(mayBeCancelled: true);
        var cancelled = Assert.Single(dossiers, it => it.Episode.State == JournalState.Cancelled);
        Assert.Equal(first, cancelled.Episode.Id);
        Assert.Equal(EventKind.Cancelled, cancelled.Events[^1].Kind);

        (exit, text) = await scenario.Place.CommandAsync(scenario.Stop, "retry", first);
        Assert.True(exit == 0, text);
        await scenario.FinishAsync("heir");
        var again = Assert.Single(await scenario.IntactAsync(), it => it.Episode.Id == first);
        Assert.Equal(0, again.Count(EventKind.Rewound));
        Assert.True(again.Count(EventKind.IterationCommitted) == again.Episode.Iterations, "an iteration was done twice");
    }
}
