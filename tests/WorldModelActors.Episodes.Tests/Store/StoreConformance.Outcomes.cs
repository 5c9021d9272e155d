namespace WorldModelActors.Episodes.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Iterations_are_committed_in_order_and_read_back()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        await store.CommitIterationAsync(claim, Plans.Commit(0, frames: 2), Stop);
        await store.CommitIterationAsync(claim, Plans.Commit(1, frames: 3), Stop);

        var ahead = await Assert.ThrowsAsync<StoreException>(() => store.CommitIterationAsync(claim, Plans.Commit(3), Stop));
        Assert.Contains("iteration 3", ahead.Message);

        var read = await store.IterationsAsync(claim.EpisodeId, Stop);
        Assert.Equal([(0, 0L, 2), (1, 2L, 3)], read.Select(iteration => (iteration.Iteration, iteration.FirstFrame, iteration.Frames)));
        var committed = Plans.Commit(1, frames: 3);
        Assert.Equal(committed.Files, read[1].Files);
        Assert.Equal(committed.Rows.Actions.ToArray(), read[1].Rows.Actions.ToArray());
        Assert.Equal(committed.Rows.States.ToArray(), read[1].Rows.States.ToArray());
        Assert.Equal(1.5, (double)read[1].Counters["seconds"]!);
        var seen = await SeeAsync(store, claim);
        Assert.Equal((2, 5L), (seen.Committed, seen.Frames));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_repeated_commit_is_one_and_a_different_one_is_refused()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        await store.CommitIterationAsync(claim, Plans.Commit(0), Stop);
        await store.CommitIterationAsync(claim, Plans.Commit(0), Stop);
        Assert.Equal([EventKind.Planned, EventKind.Claimed, EventKind.IterationCommitted], await KindsAsync(store, claim));

        var other = await Assert.ThrowsAsync<StoreException>(() => store.CommitIterationAsync(claim, Plans.Commit(0, frames: 3), Stop));
        Assert.Contains("other content", other.Message);
        Assert.Equal(2, (await SeeAsync(store, claim)).Frames);
    }

    [Fact]
    public async Task Frames_without_their_rows_are_refused()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        var error = await Assert.ThrowsAsync<StoreException>(() => store.CommitIterationAsync(claim, Plans.Commit(0) with { Rows = Plans.Rows(1) }, Stop));
        Assert.Contains("2 frames and 1 trajectory rows", error.Message);
    }

    [Fact]
    public async Task No_more_iterations_than_planned()
    {
        var (store, node) = await PlannedAsync(1, iterations: 1);
        var claim = await store.ClaimOneAsync(node);
        await store.CommitIterationAsync(claim, Plans.Commit(0), Stop);
        Assert.Contains("1 of 1", (await Assert.ThrowsAsync<StoreException>(() => store.CommitIterationAsync(claim, Plans.Commit(1), Stop))).Message);
    }

    [Fact]
    public async Task A_stale_owner_writes_nothing()
    {
        var (store, a) = await PlannedAsync(1, iterations: 2);
        var b = await store.RegisterAsync(Plans.Node("b"), Stop);
        var stale = await store.ClaimOneAsync(a);
        await store.CommitIterationAsync(stale, Plans.Commit(0), Stop);
        await Home.AdvanceAsync(Plans.Lease);
        var claim = await store.ClaimOneAsync(b);
        var before = await store.EventsAsync(claim.EpisodeId, Stop);

        var lost = await Assert.ThrowsAsync<LeaseLostException>(() => store.CommitIterationAsync(stale, Plans.Commit(1), Stop));
        Assert.Equal((claim.EpisodeId, 1L), (lost.EpisodeId, lost.Epoch));
        Assert.Contains("node b has it at epoch 2", lost.Message);
        // Not even what it may repeat otherwise.
        await Assert.ThrowsAsync<LeaseLostException>(() => store.CommitIterationAsync(stale, Plans.Commit(0), Stop));
        await Assert.ThrowsAsync<LeaseLostException>(() => store.RewindAsync(stale, 0, "damage", Stop));
        await Assert.ThrowsAsync<LeaseLostException>(() => store.CompleteAsync(stale, Plans.Result(), Stop));
        await Assert.ThrowsAsync<LeaseLostException>(() => store.FailAsync(stale, "broken", true, Stop));
        await Assert.ThrowsAsync<LeaseLostException>(() => store.ReleaseAsync(stale, Stop));
        Assert.Equal(before.Count, (await store.EventsAsync(claim.EpisodeId, Stop)).Count);

        await store.CommitIterationAsync(claim, Plans.Commit(1), Stop);
        await store.CompleteAsync(claim, Plans.Result(), Stop);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task Cancelling_fences_the_owner_off()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        await store.CancelAsync(EpisodeSelection.Of(claim.EpisodeId), Stop);
        Assert.Contains("it is cancelled", (await Assert.ThrowsAsync<LeaseLostException>(() => store.CommitIterationAsync(claim, Plans.Commit(0), Stop))).Message);
        await store.RetryAsync(EpisodeSelection.Of(claim.EpisodeId), Stop);
        await Assert.ThrowsAsync<LeaseLostException>(() => store.CommitIterationAsync(claim, Plans.Commit(0), Stop));
        Assert.Equal(2, (await store.ClaimOneAsync(node)).Epoch);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task Completing_needs_every_iteration_and_may_be_repeated()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        await store.CommitIterationAsync(claim, Plans.Commit(0), Stop);
        Assert.Contains("1 of 3", (await Assert.ThrowsAsync<StoreException>(() => store.CompleteAsync(claim, Plans.Result(), Stop))).Message);
        await store.CommitIterationAsync(claim, Plans.Commit(1), Stop);
        await store.CommitIterationAsync(claim, Plans.Commit(2), Stop);
        var file = new StoredFile(StoredFileKind.Result, "video.e1.mp4", 5, new string('b', 64));

        await store.CompleteAsync(claim, Plans.Result() with { Files = [file] }, Stop);
        await store.CompleteAsync(claim, Plans.Result() with { Files = [file] }, Stop);

        var seen = await SeeAsync(store, claim);
        Assert.Equal((JournalState.Completed, 6L), (seen.State, seen.Frames));
        Assert.Equal([file], seen.Results);
        Assert.Equal(6, (int)seen.Summary["frames"]!);
        Assert.NotNull(seen.EndedAt);
        Assert.Equal(EventKind.Completed, (await KindsAsync(store, claim))[^1]);
        Assert.Equal(6, (await KindsAsync(store, claim)).Count);
        Assert.Equal(0, await store.CancelAsync(EpisodeSelection.Of(claim.EpisodeId), Stop));
        Assert.Equal(0, await store.RetryAsync(EpisodeSelection.Of(claim.EpisodeId), Stop));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_retryable_failure_waits_longer_each_time_and_then_is_final()
    {
        var (store, node) = await PlannedAsync(1, options: new StoreOptions { MaxFailures = 3, RetryDelay = TimeSpan.FromSeconds(5) });
        foreach (var pause in new[] { 5, 10 })
        {
            var claim = await store.ClaimOneAsync(node);
            Assert.Equal(JournalState.Waiting, await store.FailAsync(claim, "no luck", true, Stop));
            Assert.Equal(JournalState.Waiting, await store.FailAsync(claim, "no luck", true, Stop));
            await Home.AdvanceAsync(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.Empty(await store.ClaimAsync(new ClaimRequest(node, 1, Plans.Lease), Stop));
            await Home.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        }

        var last = await store.ClaimOneAsync(node);
        Assert.Equal(JournalState.Failed, await store.FailAsync(last, "no luck", true, Stop));
        await Home.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Empty(await store.ClaimAsync(new ClaimRequest(node, 1, Plans.Lease), Stop));
        Assert.Equal(("no luck", 3), ((await SeeAsync(store, last)).Cause, (await SeeAsync(store, last)).Failures));

        Assert.Equal(1, await store.RetryAsync(new EpisodeSelection { All = true, State = JournalState.Failed }, Stop));
        Assert.Equal(4, (await store.ClaimOneAsync(node)).Epoch);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_final_failure_is_final_at_once()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        Assert.Equal(JournalState.Failed, await store.FailAsync(claim, "the prompt is damaged", false, Stop));
        Assert.NotNull((await SeeAsync(store, claim)).EndedAt);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task Going_back_makes_iterations_due_again()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        await store.CommitAllAsync(claim);
        await store.RewindAsync(claim, 1, "segment-1 is missing", Stop);
        await store.RewindAsync(claim, 1, "segment-1 is missing", Stop);
        Assert.Equal((1, 2L), ((await SeeAsync(store, claim)).Committed, (await SeeAsync(store, claim)).Frames));
        await ConsistentAsync(store);

        Assert.Contains("cannot go back to 2", (await Assert.ThrowsAsync<StoreException>(() => store.RewindAsync(claim, 2, "x", Stop))).Message);
        await store.CommitIterationAsync(claim, Plans.Commit(1, frames: 5), Stop);
        await store.CommitIterationAsync(claim, Plans.Commit(2), Stop);
        await store.CompleteAsync(claim, Plans.Result(), Stop);
        Assert.Equal([0L, 2L, 7L], (await store.IterationsAsync(claim.EpisodeId, Stop)).Select(iteration => iteration.FirstFrame));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task Releasing_lets_anyone_go_on()
    {
        var (store, node) = await PlannedAsync(1);
        var claim = await store.ClaimOneAsync(node);
        await store.CommitIterationAsync(claim, Plans.Commit(0), Stop);
        await store.ReleaseAsync(claim, Stop);
        await store.ReleaseAsync(claim, Stop);
        var next = await store.ClaimOneAsync(node);
        Assert.Equal((2L, 1, false), (next.Epoch, next.Committed, next.TakenOver));
        await Assert.ThrowsAsync<LeaseLostException>(() => store.ReleaseAsync(claim, Stop));
    }
}
