namespace WorldModelActors.Episodes.Tests;

/// <summary>Claims by id, and what is left to be placed.</summary>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_claim_by_id_gives_that_episode_and_no_other()
    {
        var (store, node) = await PlannedAsync(5);
        var ids = await store.UnendedAsync(10, Stop);

        var claims = await store.ClaimAsync(Only(node, ids[3], ids[1]), Stop);

        // In the order in which any claim takes them.
        Assert.Equal([ids[1], ids[3]], claims.Select(claim => claim.EpisodeId));
        Assert.All(claims, claim => Assert.Equal(1, claim.Epoch));
        Assert.Empty(await store.ClaimAsync(Only(node, ids[1]), Stop));
        Assert.Empty(await store.ClaimAsync(Only(node), Stop));
        Assert.Empty(await store.ClaimAsync(Only(node, new string('0', 32)), Stop));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_claim_by_id_waits_for_the_lease_of_another_and_raises_the_epoch_then()
    {
        var (store, a) = await PlannedAsync(3);
        var b = await store.RegisterAsync(Plans.Node("b"), Stop);
        var held = await store.ClaimAsync(new ClaimRequest(a, 2, Plans.Lease), Stop);
        Assert.Empty(await store.ClaimAsync(Only(b, held[0].EpisodeId), Stop));

        await Home.AdvanceAsync(Plans.Lease);
        var taken = Assert.Single(await store.ClaimAsync(Only(b, held[0].EpisodeId), Stop));

        Assert.Equal((held[0].EpisodeId, 2L, true), (taken.EpisodeId, taken.Epoch, taken.TakenOver));
        await Assert.ThrowsAsync<LeaseLostException>(() => store.CommitIterationAsync(held[0], Plans.Commit(0), Stop));
        // Whose lease has run out too, but who was not asked for.
        Assert.Empty((await store.RenewAsync(a, [held[1]], Plans.Lease, Stop)).Lost);
        await store.CommitIterationAsync(held[1], Plans.Commit(0), Stop);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_claim_by_id_keeps_to_capacity_memory_priority_and_drains()
    {
        var store = await Home.OpenAsync();
        var node = await store.RegisterAsync(Plans.Node("a"), Stop);
        await store.PlanAsync(Plans.Sweep(), [Plans.Episode(0, bytes: 100), Plans.Episode(1, priority: 1, bytes: 50), Plans.Episode(2)], Stop);
        var all = await store.UnendedAsync(10, Stop);

        var first = Assert.Single(await store.ClaimAsync(Only(node, [.. all]) with { Capacity = 1, FreeBytes = 60 }, Stop));
        Assert.Equal("episode 1", first.Name);
        var second = await store.ClaimAsync(Only(node, [.. all]) with { FreeBytes = 60 }, Stop);
        Assert.Equal(["episode 2"], second.Select(claim => claim.Name));
        await store.DrainAsync("a", Stop);
        Assert.Empty(await store.ClaimAsync(Only(node, [.. all]), Stop));
    }

    [Fact]
    public async Task A_waiting_episode_can_be_claimed_by_id_when_its_pause_is_over()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        await store.FailAsync(claim, "bad luck", retryable: true, Stop);
        Assert.Equal([claim.EpisodeId], await store.UnendedAsync(10, Stop));
        Assert.Empty(await store.ClaimAsync(Only(node, claim.EpisodeId), Stop));

        await Home.AdvanceAsync(new StoreOptions().RetryDelay);
        Assert.Equal(2, Assert.Single(await store.ClaimAsync(Only(node, claim.EpisodeId), Stop)).Epoch);
    }

    [Fact]
    public async Task What_has_not_ended_comes_in_the_order_of_claims()
    {
        var store = await Home.OpenAsync();
        var node = await store.RegisterAsync(Plans.Node("a"), Stop);
        await store.PlanAsync(Plans.Sweep("first"), Plans.Episodes(4), Stop);
        await store.PlanAsync(Plans.Sweep("second"), Plans.Episodes(2), Stop);
        await store.PlanAsync(Plans.Sweep("urgent"), [Plans.Episode(7, priority: 5), Plans.Episode(8, priority: 5), Plans.Episode(9, priority: 5)], Stop);
        Assert.Empty(await store.UnendedAsync(0, Stop));
        var urgent = await store.ClaimAsync(new ClaimRequest(node, 3, Plans.Lease), Stop);
        await store.FailAsync(urgent[1], "no use", retryable: false, Stop);
        await store.FailAsync(urgent[2], "bad luck", retryable: true, Stop);

        var names = new Dictionary<string, string>();
        foreach (var episode in await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop))
        {
            names[episode.Id] = $"{(episode.SweepId == Plans.Sweep("first").Id ? "first" : episode.SweepId == Plans.Sweep("second").Id ? "second" : "urgent")} {episode.Name}";
        }

        var unended = (await store.UnendedAsync(100, Stop)).Select(id => names[id]).ToList();
        Assert.Equal("urgent episode 7", unended[0]);
        Assert.Equal("urgent episode 9", unended[^1]);
        Assert.Equal(["first episode 0", "first episode 1", "first episode 2", "first episode 3", "second episode 0", "second episode 1"], unended[1..^1].Order());
        // A window takes of both sweeps, as claims would.
        var window = (await store.UnendedAsync(5, Stop)).Select(id => names[id]).ToList();
        Assert.Equal(["first episode 0", "first episode 1", "second episode 0", "second episode 1"], window[1..].Order());
        await ConsistentAsync(store);
    }

    private static ClaimRequest Only(NodeId node, params IReadOnlyList<string> ids) => new(node, 10, Plans.Lease) { Only = ids };
}
