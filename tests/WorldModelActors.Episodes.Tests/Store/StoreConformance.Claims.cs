namespace WorldModelActors.Episodes.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_claim_says_what_to_run_and_gives_the_first_epoch()
    {
        var (store, node) = await PlannedAsync(2);
        var claim = await store.ClaimOneAsync(node);

        Assert.Equal(Plans.Sweep().IdOf(Plans.Episode(0)), claim.EpisodeId);
        Assert.Equal((1, 0, 0L, 3, false), (claim.Epoch, claim.Committed, claim.Frames, claim.Iterations, claim.TakenOver));
        Assert.Equal(Plans.Sweep().Id, claim.SweepId);
        Assert.Equal(0, (int)claim.Spec["seed"]!);
        var seen = await SeeAsync(store, claim);
        Assert.Equal((JournalState.Running, 1L, "a"), (seen.State, seen.Epoch, seen.Node));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task Nobody_gets_what_another_has()
    {
        var (store, a) = await PlannedAsync(5);
        var other = await Home.OpenAsync();
        var b = await other.RegisterAsync(Plans.Node("b"), Stop);

        var claims = await store.ClaimAsync(new ClaimRequest(a, 3, Plans.Lease), Stop);
        var others = await other.ClaimAsync(new ClaimRequest(b, 3, Plans.Lease), Stop);

        Assert.Equal([3, 2], [claims.Count, others.Count]);
        Assert.Empty(claims.Select(claim => claim.EpisodeId).Intersect(others.Select(claim => claim.EpisodeId)));
        Assert.Empty(await other.ClaimAsync(new ClaimRequest(b, 3, Plans.Lease), Stop));
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_taken_over_with_the_next_epoch()
    {
        var (store, a) = await PlannedAsync(1);
        var b = await store.RegisterAsync(Plans.Node("b"), Stop);
        var old = await store.ClaimOneAsync(a);
        await store.CommitIterationAsync(old, Plans.Commit(0), Stop);

        await Home.AdvanceAsync(Plans.Lease - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await store.ClaimAsync(new ClaimRequest(b, 1, Plans.Lease), Stop));
        await Home.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        var next = await store.ClaimOneAsync(b);

        Assert.Equal((old.EpisodeId, 2L, 1, 2L, true), (next.EpisodeId, next.Epoch, next.Committed, next.Frames, next.TakenOver));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_heart_beat_keeps_all_leases_of_a_node()
    {
        var (store, a) = await PlannedAsync(3);
        var b = await store.RegisterAsync(Plans.Node("b"), Stop);
        var held = await store.ClaimAsync(new ClaimRequest(a, 3, Plans.Lease), Stop);
        for (var i = 0; i < 5; i++)
        {
            await Home.AdvanceAsync(Plans.Lease * 0.9);
            var answer = await store.RenewAsync(a, held, Plans.Lease, Stop);
            Assert.Empty(answer.Lost);
            Assert.False(answer.Draining);
            Assert.Empty(await store.ClaimAsync(new ClaimRequest(b, 3, Plans.Lease), Stop));
        }
    }

    [Fact]
    public async Task A_heart_beat_names_what_is_lost_and_why()
    {
        var (store, a) = await PlannedAsync(3);
        var b = await store.RegisterAsync(Plans.Node("b"), Stop);
        var held = await store.ClaimAsync(new ClaimRequest(a, 3, Plans.Lease), Stop);
        await store.CancelAsync(EpisodeSelection.Of(held[0].EpisodeId), Stop);
        await Home.AdvanceAsync(Plans.Lease);
        var taken = await store.ClaimOneAsync(b);

        var answer = await store.RenewAsync(a, held, Plans.Lease, Stop);

        Assert.Equal(
            [new LostLease(held[0], JournalState.Cancelled, 1), new LostLease(held[1], JournalState.Running, 2)],
            answer.Lost.OrderBy(lost => lost.Claim.Number));
        Assert.Equal(held[1].EpisodeId, taken.EpisodeId);
        // The third was not taken in time: its epoch is still the highest, so its owner goes on.
        await store.CommitIterationAsync(held[2], Plans.Commit(0), Stop);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_runs_out_although_its_node_lives()
    {
        var (store, a) = await PlannedAsync(1);
        await store.ClaimOneAsync(a);
        await Home.AdvanceAsync(Plans.Lease / 2);
        await store.RenewAsync(a, [], Plans.Lease, Stop);
        await Home.AdvanceAsync(Plans.Lease / 2);
        Assert.Equal(2, (await store.ClaimOneAsync(a)).Epoch);
    }

    [Fact]
    public async Task A_restarted_process_does_not_renew_its_predecessors_leases()
    {
        var (store, before) = await PlannedAsync(1);
        var held = await store.ClaimOneAsync(before);
        var after = await store.RegisterAsync(Plans.Node("a"), Stop);
        Assert.NotEqual(before, after);
        Assert.Equal(held, Assert.Single((await store.RenewAsync(after, [held], Plans.Lease, Stop)).Lost).Claim);
    }

    [Fact]
    public async Task An_unknown_node_gets_a_clear_error()
    {
        var (store, _) = await PlannedAsync(1);
        var stranger = new NodeId(99, "stranger");
        Assert.Contains("must register", (await Assert.ThrowsAsync<StoreException>(() => store.ClaimAsync(new ClaimRequest(stranger, 1, Plans.Lease), Stop))).Message);
        Assert.Contains("must register", (await Assert.ThrowsAsync<StoreException>(() => store.RenewAsync(stranger, [], Plans.Lease, Stop))).Message);
    }

    [Fact]
    public async Task Sweeps_share_the_nodes_however_many_episodes_each_has()
    {
        var store = await Home.OpenAsync();
        var node = await store.RegisterAsync(Plans.Node("a"), Stop);
        await store.PlanAsync(Plans.Sweep("large"), Plans.Episodes(100), Stop);
        await store.PlanAsync(Plans.Sweep("small"), Plans.Episodes(4), Stop);
        await store.ClaimAsync(new ClaimRequest(node, 2, Plans.Lease), Stop);
        await store.PlanAsync(Plans.Sweep("late"), Plans.Episodes(10), Stop);

        // One of each is running. Six more: two of each would be 3, 3, 2.
        var claims = await store.ClaimAsync(new ClaimRequest(node, 6, Plans.Lease), Stop);
        var count = claims.CountBy(claim => claim.SweepId).ToDictionary();
        Assert.Equal((2, 2, 2), (count[Plans.Sweep("large").Id], count[Plans.Sweep("small").Id], count[Plans.Sweep("late").Id]));

        // The small sweep has one left; the others share the rest.
        var more = (await store.ClaimAsync(new ClaimRequest(node, 8, Plans.Lease), Stop)).CountBy(claim => claim.SweepId).ToDictionary();
        Assert.Equal((3, 1, 4), (more[Plans.Sweep("large").Id], more[Plans.Sweep("small").Id], more[Plans.Sweep("late").Id]));
    }

    [Fact]
    public async Task A_higher_priority_goes_first_whatever_its_sweep()
    {
        var store = await Home.OpenAsync();
        var node = await store.RegisterAsync(Plans.Node("a"), Stop);
        await store.PlanAsync(Plans.Sweep("one"), [Plans.Episode(0), Plans.Episode(1, priority: 5), Plans.Episode(2, priority: -1), Plans.Episode(3, priority: 5)], Stop);
        await store.PlanAsync(Plans.Sweep("two"), [Plans.Episode(4)], Stop);

        var names = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            names.Add((await store.ClaimOneAsync(node)).Name);
        }

        Assert.Equal(["episode 1", "episode 3", "episode 4", "episode 0", "episode 2"], names);
    }

    [Fact]
    public async Task What_does_not_fit_into_the_memory_is_left_to_others()
    {
        var store = await Home.OpenAsync();
        var node = await store.RegisterAsync(Plans.Node("a"), Stop);
        await store.PlanAsync(Plans.Sweep(), [Plans.Episode(0, bytes: 100), Plans.Episode(1, bytes: 30), Plans.Episode(2, bytes: 30), Plans.Episode(3, bytes: 30), Plans.Episode(4, bytes: 80)], Stop);

        var small = await store.ClaimAsync(new ClaimRequest(node, 5, Plans.Lease) { FreeBytes = 70 }, Stop);
        Assert.Equal(["episode 1", "episode 2"], small.Select(claim => claim.Name));
        Assert.Empty(await store.ClaimAsync(new ClaimRequest(node, 5, Plans.Lease) { FreeBytes = 29 }, Stop));
        var large = await store.ClaimAsync(new ClaimRequest(node, 5, Plans.Lease) { FreeBytes = 130 }, Stop);
        Assert.Equal(["episode 0", "episode 3"], large.Select(claim => claim.Name));
        Assert.Equal([100, 30], large.Select(claim => claim.Bytes));
    }

    [Fact]
    public async Task A_draining_node_keeps_what_it_has_and_gets_no_more()
    {
        var (store, a) = await PlannedAsync(3);
        var b = await store.RegisterAsync(Plans.Node("b"), Stop);
        var held = await store.ClaimOneAsync(a);

        Assert.Equal(1, await store.DrainAsync("a", Stop));
        Assert.Equal(0, await store.DrainAsync("nobody", Stop));

        Assert.Empty(await store.ClaimAsync(new ClaimRequest(a, 1, Plans.Lease), Stop));
        var answer = await store.RenewAsync(a, [held], Plans.Lease, Stop);
        Assert.True(answer.Draining);
        Assert.Empty(answer.Lost);
        await store.CommitIterationAsync(held, Plans.Commit(0), Stop);
        await store.ReleaseAsync(held, Stop);
        await store.LeaveAsync(a, Stop);

        Assert.Equal(["b"], (await store.SummaryAsync(stop: Stop)).Nodes.Select(node => node.Id.Name));
        var next = await store.ClaimOneAsync(b);
        Assert.Equal((held.EpisodeId, 2L, 1), (next.EpisodeId, next.Epoch, next.Committed));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task An_episode_that_kills_every_owner_fails_in_the_end()
    {
        var (store, node) = await PlannedAsync(2, options: new StoreOptions { MaxLosses = 3 });
        var victim = Plans.Sweep().IdOf(Plans.Episode(0));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal((victim, i + 1L), await ClaimedAsync(store, node));
            await Home.AdvanceAsync(Plans.Lease);
        }

        Assert.Equal((Plans.Sweep().IdOf(Plans.Episode(1)), 1L), await ClaimedAsync(store, node));
        var failed = await store.FindAsync(victim, Stop);
        Assert.Equal(JournalState.Failed, failed!.State);
        Assert.Contains("4 owners vanished", failed.Cause);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_committed_iteration_clears_an_episode_of_the_suspicion()
    {
        var (store, node) = await PlannedAsync(1, iterations: 20, options: new StoreOptions { MaxLosses = 1 });
        for (var i = 0; i < 6; i++)
        {
            var claim = await store.ClaimOneAsync(node);
            await store.CommitIterationAsync(claim, Plans.Commit(i), Stop);
            await Home.AdvanceAsync(Plans.Lease);
        }

        Assert.Equal(7, (await store.ClaimOneAsync(node)).Epoch);
    }

    private static async Task<(string Id, long Epoch)> ClaimedAsync(IEpisodeStore store, NodeId node)
    {
        var claim = await store.ClaimOneAsync(node);
        return (claim.EpisodeId, claim.Epoch);
    }
}
