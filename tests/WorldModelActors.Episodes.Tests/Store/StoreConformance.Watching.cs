namespace WorldModelActors.Episodes.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_summary_counts_by_sweep_and_state()
    {
        var (store, node) = await PlannedAsync(5, iterations: 2);
        await store.PlanAsync(Plans.Sweep("other"), Plans.Episodes(2, 4), Stop);
        var claims = await store.ClaimAsync(new ClaimRequest(node, 4, Plans.Lease), Stop);
        var mine = claims.Where(claim => claim.SweepId == Plans.Sweep().Id).ToList();
        Assert.Equal(2, mine.Count);
        await store.CommitAllAsync(mine[0]);
        await store.CompleteAsync(mine[0], Plans.Result(), Stop);
        await Home.AdvanceAsync(TimeSpan.FromSeconds(4));
        await store.CommitIterationAsync(mine[1], Plans.Commit(0), Stop);
        await store.FailAsync(mine[1], "broken", false, Stop);
        await Home.AdvanceAsync(TimeSpan.FromSeconds(1));

        var summary = await store.SummaryAsync(stop: Stop);
        var sweep = summary.Sweeps[0];
        Assert.Equal([("sweep", 5), ("other", 2)], summary.Sweeps.Select(item => (item.Name, item.Count)));
        Assert.Equal((3, 1, 1), (sweep.Episodes[JournalState.Planned], sweep.Episodes[JournalState.Completed], sweep.Episodes[JournalState.Failed]));
        // Of the failed episode one iteration is done and the other will not be.
        Assert.Equal((9L, 3L, 6L, 2), (sweep.Iterations, sweep.Committed, sweep.Frames, sweep.Ended));
        Assert.Equal(TimeSpan.FromSeconds(5), summary.Window);
        Assert.Equal(3 / 5.0, summary.IterationsPerSecond, 9);
        Assert.Equal(6 / 5.0, summary.FramesPerSecond, 9);
        Assert.Equal((6 + 8) / 0.6, summary.Remaining!.Value.TotalSeconds, 3);
        var seen = Assert.Single(summary.Nodes);
        Assert.Equal((node, 2, TimeSpan.FromSeconds(5)), (seen.Id, seen.Running, seen.SilentFor));

        Assert.Equal("other", Assert.Single((await store.SummaryAsync(Plans.Sweep("other").Id, stop: Stop)).Sweeps).Name);
        await Home.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Null((await store.SummaryAsync(stop: Stop)).Remaining);
    }

    [Fact]
    public async Task A_subscriber_learns_of_work_and_progress_by_others()
    {
        var (store, node) = await PlannedAsync(1);
        var other = await Home.OpenAsync();
        await using var subscription = await other.SubscribeAsync(Stop);
        Assert.Equal(StoreSignals.None, await subscription.NextAsync(TimeSpan.Zero, Stop));

        var claim = await store.ClaimOneAsync(node);
        await store.CommitIterationAsync(claim, Plans.Commit(0), Stop);
        Assert.Equal(StoreSignals.Progress, await subscription.NextAsync(TimeSpan.FromMinutes(1), Stop));

        await store.ReleaseAsync(claim, Stop);
        Assert.True((await subscription.NextAsync(TimeSpan.FromMinutes(1), Stop)).HasFlag(StoreSignals.Work));
    }

    [Fact]
    public async Task Watching_shows_the_store_now_and_after_a_change()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        await using var watch = store.WatchAsync(null, TimeSpan.FromMinutes(1), Stop).GetAsyncEnumerator(Stop);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(0, Assert.Single(watch.Current.Sweeps).Committed);

        await store.CommitIterationAsync(claim, Plans.Commit(0), Stop);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(1, Assert.Single(watch.Current.Sweeps).Committed);
    }
}
