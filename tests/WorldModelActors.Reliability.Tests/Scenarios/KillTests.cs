namespace WorldModelActors.Reliability.Tests;

/// <summary>kill -9 of a node: another one goes on after the last committed iteration.</summary>
public sealed class KillTests(Demo demo)
{
    [Fact]
    public async Task What_a_dead_writer_left_is_found_and_repaired_on_request()
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0));
        var victim = scenario.Node("victim");
        var half = Path.GetFileName(await WriterTrap.CatchAsync(victim, scenario.Place.State, "segment-", scenario.Stop));
        // It lives and may finish the file: that is nobody's litter.
        var alive = await CheckAsync(scenario);
        Assert.True(alive.Exit == 0 || !alive.Text.Contains(half, StringComparison.Ordinal), alive.Text);
        await victim.KillAsync(scenario.Stop);

        await scenario.Place.CommandAsync(scenario.Stop, "cancel", "--all");
        var dead = await CheckAsync(scenario);
        Assert.Equal(1, dead.Exit);
        Assert.Contains(half, dead.Text);
        Assert.Equal(0, (await CheckAsync(scenario, "--repair")).Exit);
        Assert.Equal(0, (await CheckAsync(scenario)).Exit);

        await scenario.Place.CommandAsync(scenario.Stop, "retry", "--all");
        await scenario.FinishAsync("heir");
        await scenario.IntactAsync();
    }

    [Fact]
    public async Task In_the_middle_of_an_iteration()
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0));
        var victim = scenario.Node("victim");
        await WriterTrap.AfterAsync(victim, scenario.Place.State, "segment-000001", scenario.Stop);
        await victim.KillAsync(scenario.Stop);

        await scenario.FinishAsync("heir");

        var dossier = Assert.Single(await scenario.IntactAsync());
        Assert.Equal((1, 2L), (dossier.TakeOvers(), dossier.Episode.Epoch));
        Assert.True(dossier.HasCommitted("victim"));
        Assert.True(dossier.HasCommitted("heir"));
    }

    [Theory]
    [InlineData("segment-")]
    [InlineData("video")]
    public async Task In_the_middle_of_writing_a_file(string kind)
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0));
        var victim = scenario.Node("victim");
        var half = await WriterTrap.CatchAsync(victim, scenario.Place.State, kind, scenario.Stop);
        await victim.KillAsync(scenario.Stop);
        Assert.True(File.Exists(half));

        await scenario.FinishAsync("heir");

        // That nothing half written is left is part of it.
        var dossier = Assert.Single(await scenario.IntactAsync());
        Assert.Equal(1, dossier.TakeOvers());
        Assert.True(dossier.HasCommitted("heir") || kind == "video");
    }

    [Fact]
    public async Task Again_and_again()
    {
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0, 1));
        for (var i = 0; i < 2; i++)
        {
            var victim = scenario.Node($"victim {i}", "--episodes-in-flight", "2");
            await scenario.UntilAsync("an iteration of this victim", all => all.Any(it => it.HasCommitted(victim.Title)));
            await victim.KillAsync(scenario.Stop);
        }

        await scenario.FinishAsync("heir");
        await scenario.IntactAsync();
    }

    private static Task<(int Exit, string Text)> CheckAsync(Scenario scenario, params IReadOnlyList<string> more) =>
        scenario.Place.CommandAsync(scenario.Stop, ["store", "check", "--state", scenario.Place.State, .. more]);
}
