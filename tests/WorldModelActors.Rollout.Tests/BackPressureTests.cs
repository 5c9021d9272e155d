using WorldModelActors.Media;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>
/// The slowest writer there can be: it takes a frame only when sampling has come to a stop because of it. Then every queue is as long
/// as it ever gets.
/// </summary>
[Collection(DemoModelCollection.Name)]
public sealed class BackPressureTests(TinyWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(5, 2, 64, 12)]
    [InlineData(1, 3, 64, 12)]
    [InlineData(16, 1, 64, 4)]
    [InlineData(16, 2, 7, 4)]
    [InlineData(5, 2, 1, 6)]
    public async Task SlowWriterKeepsQueuesBoundedAndLosesNothing(int executeSteps, int iterationsInFlight, int framesInFlight, int iterations)
    {
        var options = Options(iterationsInFlight, framesInFlight);
        var (plan, start) = TinyWorld.Episode("e", iterations, executeSteps);
        var expected = await FreeRun(plan, start, options);
        var peak = await SlowRun(plan, start, options, expected);

        var observed = Math.Min(2, executeSteps);
        var limit = Math.Min(Math.Max(framesInFlight, observed + 1), executeSteps * iterationsInFlight);
        // Of an iteration that has begun to come, its observed frames may be there before the segment in front of them.
        Assert.InRange(peak.Pictures, 1, Math.Max(limit, observed + 1));
        Assert.InRange(peak.StoreBytes, 1, LatentFootprint.OfEpisode(TinyWorld.Options, plan, iterationsInFlight));
        Assert.InRange(peak.RunAhead, 1, iterationsInFlight + 1);
    }

    [Fact(Timeout = 120_000)]
    public async Task PeakMemoryDoesNotDependOnTheNumberOfIterations()
    {
        var options = Options(2, 64);
        var peaks = new List<Peak>();
        foreach (var iterations in new[] { 8, 64 })
        {
            var (plan, start) = TinyWorld.Episode("e", iterations, executeSteps: 2);
            peaks.Add(await SlowRun(plan, start, options, null));
        }
        Assert.Equal(peaks[0].StoreBytes, peaks[1].StoreBytes);
        Assert.Equal(peaks[0].Pictures, peaks[1].Pictures);
    }

    /// <summary>More episodes than the store has room for: they wait for each other, and nothing fails.</summary>
    [Fact(Timeout = 120_000)]
    public async Task EpisodesWaitForRoomInTheStore()
    {
        var episodes = Enumerable.Range(0, 4).Select(i => TinyWorld.Episode($"e{i}", iterations: 2, executeSteps: 3)).ToList();
        var footprint = LatentFootprint.OfEpisode(TinyWorld.Options, episodes[0].Plan, 2);
        var free = Options(2, 64);
        var expected = new List<EpisodeRecord>();
        foreach (var (plan, start) in episodes)
            expected.Add(await FreeRun(plan, start, free));
        foreach (var budget in new[] { footprint * 5 / 2, footprint, footprint / 2 })
        {
            var sinks = episodes.ConvertAll(_ => new MemorySink());
            await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, free with { LatentStoreBytes = budget });
            var results = await Task.WhenAll(episodes.Zip(sinks, (e, s) => node.RunAsync(e.Plan, e.Start, new PhiloxNoise(), s, Token)));
            Assert.Equal(expected, results.Zip(sinks, EpisodeRecord.Of));
            Assert.InRange(node.Store.PeakBytes, 1, Math.Max(budget, footprint));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task EpisodeThatWaitsForRoomCanBeCancelled()
    {
        var (plan, start) = TinyWorld.Episode("first", iterations: 2, executeSteps: 3);
        var (other, otherStart) = TinyWorld.Episode("second", iterations: 1, executeSteps: 1);
        using var gate = new ManualResetEventSlim();
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sink = new MemorySink(_ =>
        {
            writing.TrySetResult();
            gate.Wait(Token);
        });
        var budget = LatentFootprint.OfEpisode(TinyWorld.Options, plan, 2);
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, Options(2, 64) with { LatentStoreBytes = budget });
        var running = node.RunAsync(plan, start, new PhiloxNoise(), sink, Token);
        await writing.Task;
        using var cancel = new CancellationTokenSource();
        var waiting = node.RunAsync(other, otherStart, new PhiloxNoise(), new MemorySink(), cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal((EpisodeStatus.Cancelled, 0), (await waiting) is var r ? (r.Status, r.Frames) : default);
        gate.Set();
        Assert.Equal(EpisodeStatus.Completed, (await running).Status);
    }

    [Fact(Timeout = 120_000)]
    public async Task NodeThatCannotStopSaysWhoIsStillAtWork()
    {
        var (plan, start) = TinyWorld.Episode("e", iterations: 1, executeSteps: 1);
        using var gate = new ManualResetEventSlim();
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sink = new MemorySink(_ =>
        {
            writing.TrySetResult();
            gate.Wait(Token);
        });
        var node = await RolloutNode.StartAsync(
            ActorEngines.FromEnvironment, world.Model, Options(2, 64) with { StopTimeout = TimeSpan.FromMilliseconds(1) });
        var running = node.RunAsync(plan, start, new PhiloxNoise(), sink, Token);
        await writing.Task;
        var error = await Assert.ThrowsAsync<RolloutException>(async () => await node.DisposeAsync());
        Assert.Contains("after 0.001 s these actors have not stopped: ", error.Message);
        Assert.Contains("/node/episode/e/video-writer", error.Message);
        gate.Set();
        await Assert.ThrowsAnyAsync<Exception>(() => running);
        // Now it can.
        while (await Record.ExceptionAsync(async () => await node.DisposeAsync()) is RolloutException)
            await Task.Yield();
    }

    private static RolloutOptions Options(int iterationsInFlight, int framesInFlight) => new()
    {
        MinRestartBackoff = TimeSpan.Zero,
        MaxRestartBackoff = TimeSpan.Zero,
        MaxIterationsInFlight = iterationsInFlight,
        MaxFramesInFlight = framesInFlight,
        Deterministic = true,
    };

    private async Task<EpisodeRecord> FreeRun(EpisodePlan plan, EpisodeStart start, RolloutOptions options)
    {
        var sink = new MemorySink();
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, options);
        return EpisodeRecord.Of(await node.RunAsync(plan, start, new PhiloxNoise(), sink, Token), sink);
    }

    private async Task<Peak> SlowRun(EpisodePlan plan, EpisodeStart start, RolloutOptions options, EpisodeRecord? expected)
    {
        var peak = new Peak();
        var before = Image.LiveImages;
        var sampled = new SampledIterations();
        // The deepest that sampling can get: the iterations in flight are decoded, one more is sampled and waits. With few frames in
        // flight it is the iteration after the one that is being written.
        var ahead = options.MaxFramesInFlight < plan.ExecuteSteps * options.MaxIterationsInFlight ? 1 : options.MaxIterationsInFlight;
        var sink = new MemorySink(frame =>
        {
            var iteration = frame / plan.ExecuteSteps;
            sampled.Wait(Math.Min(plan.Iterations - 1, iteration + ahead), Token);
            peak.Pictures = Math.Max(peak.Pictures, Image.LiveImages - before);
            peak.RunAhead = Math.Max(peak.RunAhead, sampled.Last - iteration);
        });
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, options, sampled);
        var result = await node.RunAsync(plan, start, new PhiloxNoise(), sink, Token);
        Assert.Equal((EpisodeStatus.Completed, plan.Iterations * plan.ExecuteSteps), (result.Status, result.FramesDecoded));
        if (expected is not null)
            Assert.Equal(expected, EpisodeRecord.Of(result, sink));
        Assert.Equal(before, Image.LiveImages);
        peak.StoreBytes = node.Store.PeakBytes;
        return peak;
    }

    private sealed class Peak
    {
        public long Pictures { get; set; }

        public long StoreBytes { get; set; }

        public int RunAhead { get; set; }
    }

    /// <summary>Lets the writer wait until an iteration's future is sampled.</summary>
    private sealed class SampledIterations : IRolloutObserver
    {
        private readonly Lock _lock = new();
        private readonly SemaphoreSlim _changed = new(0);
        private int _last = -1;

        public int Last
        {
            get
            {
                lock (_lock)
                    return _last;
            }
        }

        public void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps)
        {
            if (phase != SamplingPhase.World || step != steps)
                return;
            lock (_lock)
                _last = iteration;
            _changed.Release();
        }

        public void Wait(int iteration, CancellationToken cancellationToken)
        {
            while (Last < iteration)
                _changed.Wait(cancellationToken);
        }
    }
}
