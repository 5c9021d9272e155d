namespace WorldModelActors.Cli.Tests;

public sealed class EpisodeScheduleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_one_starts_when_one_ends_and_results_keep_their_order()
    {
        var started = Enumerable.Range(0, 4).Select(_ => Signal()).ToArray();
        var ends = Enumerable.Range(0, 4).Select(_ => Signal()).ToArray();
        var running = 0;
        var most = 0;
        var all = EpisodeSchedule.RunAsync(4, 2, async (i, _) =>
        {
            lock (ends)
                most = Math.Max(most, ++running);
            started[i].SetResult();
            await ends[i].Task;
            lock (ends)
                running--;
            return i * 10;
        }, Token);
        await Task.WhenAll(started[0].Task, started[1].Task);
        Assert.False(started[2].Task.IsCompleted);

        // Out of order: the second ends first.
        ends[1].SetResult();
        await started[2].Task;
        Assert.False(started[3].Task.IsCompleted);
        ends[2].SetResult();
        await started[3].Task;
        ends[0].SetResult();
        ends[3].SetResult();

        Assert.Equal([0, 10, 20, 30], await all);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task One_that_throws_stops_the_others_and_is_what_is_thrown()
    {
        var begun = Signal();
        var calls = 0;
        var all = EpisodeSchedule.RunAsync(10, 2, async (i, stop) =>
        {
            Interlocked.Increment(ref calls);
            if (i == 0)
            {
                await begun.Task;
                throw new UsageException("no");
            }
            var cancelled = Signal();
            using var registration = stop.Register(() => cancelled.SetResult());
            begun.TrySetResult();
            await cancelled.Task;
            return i;
        }, Token);

        Assert.Equal("no", (await Assert.ThrowsAsync<UsageException>(() => all)).Message);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Stopping_reaches_every_run_and_the_rest_is_asked_too()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        var results = await EpisodeSchedule.RunAsync(3, 2, (_, token) => Task.FromResult(token.IsCancellationRequested), stop.Token);

        Assert.Equal([true, true, true], results);
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
