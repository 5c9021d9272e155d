namespace WorldModelActors.Reliability.Tests;

/// <summary>Several nodes on one sweep.</summary>
public sealed class SharingTests(Demo demo)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_share_it_and_nothing_is_done_twice(bool onPostgres)
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0, 1), onPostgres ? demo.Postgres() : null);
        // Neither begins before both can: the first one would have done it all.
        var first = scenario.Node("first", "--exit-when-done", "--episodes-in-flight", "1");
        await WriterTrap.AfterAsync(first, scenario.Place.State, "segment-000000", scenario.Stop);
        var second = scenario.Node("second", "--exit-when-done", "--episodes-in-flight", "1");
        await scenario.UntilAsync("the second one is at work", all => all.Any(it => it.HasCommitted("second")));
        first.Send(Signal.Continue);
        Assert.True(await first.EndAsync(scenario.Stop) == 0, first.Text);
        Assert.True(await second.EndAsync(scenario.Stop) == 0, second.Text);

        var dossiers = await scenario.IntactAsync();
        Assert.Contains(dossiers, it => it.HasCommitted("first"));
        Assert.Contains(dossiers, it => it.HasCommitted("second"));
    }
}
