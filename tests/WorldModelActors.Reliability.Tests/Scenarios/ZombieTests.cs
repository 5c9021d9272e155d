namespace WorldModelActors.Reliability.Tests;

/// <summary>A node that stands still for longer than its lease and then goes on, as if no time had passed.</summary>
public sealed class ZombieTests(Demo demo)
{
    [Theory]
    [InlineData(false, "segment-000001")]
    [InlineData(true, "segment-000001")]
    [InlineData(false, "video")]
    public async Task It_writes_nothing_any_more_and_lives_on(bool onPostgres, string caught)
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0), onPostgres ? demo.Postgres() : null);
        var zombie = scenario.Node("zombie", "--exit-when-done");
        // In its hand is a file that it will want to finish and to commit.
        await WriterTrap.CatchAsync(zombie, scenario.Place.State, caught, scenario.Stop);

        await scenario.FinishAsync("heir");
        var ended = Assert.Single(await scenario.Place.DossiersAsync(scenario.Stop));
        zombie.Send(Signal.Continue);
        // Nothing is left to do, so it ends in good order.
        Assert.Equal(0, await zombie.EndAsync(scenario.Stop));

        var dossier = Assert.Single(await scenario.IntactAsync());
        Assert.Equal(ended.Events.Select(it => it.Sequence), dossier.Events.Select(it => it.Sequence));
        Assert.Equal((1, 2L), (dossier.TakeOvers(), dossier.Episode.Epoch));
        Assert.All(dossier.Events.SkipWhile(it => it.Epoch < 2), it => Assert.Equal("heir", it.Node));
    }

    [Theory]
    [InlineData("1")]
    // With room for a second one it may claim the same episode again while its old work on it still winds down.
    [InlineData("2")]
    public async Task It_takes_back_what_it_lost(string inFlight)
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0, 1));
        var zombie = scenario.Node("zombie", "--exit-when-done", "--episodes-in-flight", inFlight);
        await WriterTrap.CatchAsync(zombie, scenario.Place.State, "segment-000001", scenario.Stop);
        // The heir takes over, goes on, and dies over it; when its leases have run out the zombie wakes.
        var heir = scenario.Node("heir", "--episodes-in-flight", "2");
        await scenario.UntilAsync("a takeover", all => all.Any(it => it.TakeOvers() == 1 && it.HasCommitted("heir")));
        await heir.KillAsync(scenario.Stop);
        await scenario.UntilAsync("the heir's leases have run out", all => all.All(it => it.Lease is null or { Left.Ticks: <= 0 }));
        zombie.Send(Signal.Continue);
        Assert.True(await zombie.EndAsync(scenario.Stop) == 0, zombie.Text);

        var dossiers = await scenario.IntactAsync();
        Assert.All(dossiers, it => Assert.Equal("zombie", it.Events[^1].Node));
    }
}
