using System.Text.Json.Nodes;
using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability.Tests;

public sealed class PrivatePostgresTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_committed_is_there_after_kill_9_and_who_waits_for_it_goes_on()
    {
        using var folder = new ScratchFolder();
        var (postgres, reason) = PrivatePostgres.Start(folder["postgres"]);
        Assert.SkipWhen(postgres is null, reason ?? "");
        using var instance = postgres!;
        await using var place = await Workplace.OpenAsync(instance.NewStore(), folder["state"], Stop);
        await place.Journal.PlanAsync(new SweepPlan("one", []), [new PlannedEpisode("episode", [], 1)], Stop);
        var waiting = place.UntilAsync("two episodes", all => all.Count == 2, Stop);

        instance.Crash();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => place.DossiersAsync(Stop));
        Assert.False(waiting.IsCompleted);
        instance.Restart();
        await place.UntilAsync("the episode", all => all.Count == 1, Stop);
        await place.Journal.PlanAsync(new SweepPlan("one", []), [new PlannedEpisode("other", new JsonObject { ["seed"] = 1 }, 1)], Stop);

        Assert.Equal(["episode", "other"], (await waiting).Select(it => it.Episode.Name));
        Assert.True(instance.ProcessorSeconds() > 0);
    }
}
