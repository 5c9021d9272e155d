using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public sealed class RolloutNodeTests(DemoModel demo)
{
    private static readonly RolloutOptions Quick = new() { MinRestartBackoff = TimeSpan.Zero, MaxRestartBackoff = TimeSpan.Zero };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EpisodeWritesEachExecutedFrameOnceInOrder()
    {
        var (plan, start) = demo.Episode(0, p => p with { Iterations = 2, ExecuteSteps = 5, DdimSteps = 2 });
        var sink = new MemorySink();
        var observer = new RecordingObserver();
        var result = await Run(plan, start, sink, observer: observer);
        Assert.Equal(EpisodeStatus.Completed, result.Status);
        Assert.Equal((10, 10, 2), (result.Frames, result.FramesDecoded, result.Iterations));
        Assert.Equal(10, sink.Frames.Count);
        Assert.Equal(10, sink.Frames.Distinct().Count());
        Assert.True(sink.Completed);
        Assert.Equal(160, result.Actions.Length);
        Assert.Equal(160, result.States.Length);
        // Padding dimensions are zero, the others are not.
        Assert.All(result.Actions.Chunk(16), row => Assert.True(row[..2].Any(v => v != 0) && row[2..].All(v => v == 0)));
        Assert.All(result.States.Chunk(16), row => Assert.True(row[..6].Any(v => v != 0) && row[6..].All(v => v == 0)));
        (SamplingPhase, int)[] pattern = [(SamplingPhase.Policy, 1), (SamplingPhase.Policy, 2), (SamplingPhase.World, 1), (SamplingPhase.World, 2)];
        Assert.Equal([.. pattern, .. pattern], observer.Steps.Select(s => (s.Phase, s.Step)));
        Assert.Empty(observer.Leaks);
        Assert.Single(observer.Ended);
    }

    [Fact]
    public async Task FramesDependOnTheSeedAndOnNothingElse()
    {
        var (plan, start) = demo.Episode(1, p => p with { ExecuteSteps = 3 });
        var first = new MemorySink();
        var again = new MemorySink();
        var other = new MemorySink();
        await Run(plan, start, first);
        await Run(plan, start, again);
        await Run(plan with { Seed = 124 }, start, other);
        Assert.Equal(first.Frames, again.Frames);
        Assert.NotEqual(first.Frames, other.Frames);
    }

    [Fact]
    public async Task EpisodesThatShareTheDeviceDoNotDisturbEachOther()
    {
        var (planA, startA) = demo.Episode(0, p => p with { ExecuteSteps = 2 });
        var (planB, startB) = demo.Episode(1, p => p with { ExecuteSteps = 2 });
        MemorySink aloneA = new(), aloneB = new(), sharedA = new(), sharedB = new();
        // Batches that change with the company round differently.
        var options = Quick with { Deterministic = true };
        await Run(planA, startA, aloneA, options);
        await Run(planB, startB, aloneB, options);
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, options))
        {
            await Task.WhenAll(
                node.RunAsync(planA, startA, new PhiloxNoise(), sharedA, Token),
                node.RunAsync(planB, startB, new PhiloxNoise(), sharedB, Token));
        }
        Assert.Equal(aloneA.Frames, sharedA.Frames);
        Assert.Equal(aloneB.Frames, sharedB.Frames);
    }

    [Fact]
    public async Task PolicyVideoIsDecodedOnlyWhenAsked()
    {
        var (plan, start) = demo.Episode(0, p => p with { ExecuteSteps = 1 });
        MemorySink without = new(), with = new();
        await Run(plan, start, without);
        var result = await Run(plan with { DecodePolicyVideo = true }, start, with);
        Assert.Empty(without.PolicyFrames);
        Assert.Equal(16, with.PolicyFrames.Count);
        Assert.Equal(without.Frames, with.Frames);
        Assert.Equal((1, 17), (result.Frames, result.FramesDecoded));
    }

    [Fact]
    public async Task GuidanceSteersThePolicyOnly()
    {
        var (plan, start) = demo.Episode(0, p => p with { ExecuteSteps = 1, DdimSteps = 2 });
        var plain = await Run(plan, start, new MemorySink());
        var guided = await Run(plan with { GuidanceScale = 2 }, start, new MemorySink());
        Assert.NotEqual(plain.Actions, guided.Actions);
    }

    /// <summary>One fault in each place of each call: the actor restarts, the request is made again with the same noise.</summary>
    [Theory]
    [InlineData(SamplingPhase.Policy, NoiseTensor.Posterior, 1)]
    [InlineData(SamplingPhase.Policy, NoiseTensor.Latent, 0)]
    [InlineData(SamplingPhase.Policy, NoiseTensor.Step, 1)]
    [InlineData(SamplingPhase.World, NoiseTensor.Posterior, 1)]
    [InlineData(SamplingPhase.World, NoiseTensor.State, 0)]
    [InlineData(SamplingPhase.World, NoiseTensor.Step, 0)]
    public async Task FailedSampleIsRepeatedAndGivesTheSameFrames(SamplingPhase phase, NoiseTensor tensor, int step)
    {
        var (plan, start) = demo.Episode(2, p => p with { ExecuteSteps = 2, DdimSteps = 2 });
        MemorySink undisturbed = new(), disturbed = new();
        var expected = await Run(plan, start, undisturbed);
        var observer = new RecordingObserver();
        var result = await Run(plan, start, disturbed, observer: observer, noise: new FaultyNoise((phase, tensor, step, 1)));
        Assert.Equal(EpisodeStatus.Completed, result.Status);
        Assert.Contains("injected", Assert.Single(observer.Retries));
        Assert.Equal(undisturbed.Frames, disturbed.Frames);
        Assert.Equal(expected.Actions, result.Actions);
        Assert.Empty(observer.Leaks);
    }

    [Fact]
    public async Task PoisonSampleFailsItsEpisodeOnly()
    {
        var (poisoned, start) = demo.Episode(0, p => p with { ExecuteSteps = 1 });
        var (healthy, healthyStart) = demo.Episode(1, p => p with { ExecuteSteps = 1 });
        var before = LiveTensors;
        var sink = new MemorySink();
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, Quick with { MaxRetries = 2 }))
        {
            var failing = node.RunAsync(
                poisoned, start, new FaultyNoise((SamplingPhase.World, NoiseTensor.Step, 0, int.MaxValue)), sink, Token);
            var good = await node.RunAsync(healthy, healthyStart, new PhiloxNoise(), new MemorySink(), Token);
            var failed = await failing;
            Assert.Equal(EpisodeStatus.Completed, good.Status);
            Assert.Equal(EpisodeStatus.Failed, failed.Status);
            Assert.Contains("episode 0, iteration 0: sampling the future failed: injected", failed.Cause);
            Assert.Equal(0, failed.Frames);
            Assert.Equal(0, node.Store.Count);
        }
        Assert.True(sink.Disposed);
        Assert.Equal(before, LiveTensors);
    }

    [Fact]
    public async Task SinkThatFailsEndsTheEpisodeWithItsCause()
    {
        var (plan, start) = demo.Episode(0, p => p with { ExecuteSteps = 4 });
        var sink = new MemorySink(frame => throw new IOException($"no space left for frame {frame}"));
        var result = await Run(plan, start, sink);
        Assert.Equal(EpisodeStatus.Failed, result.Status);
        Assert.Contains("no space left for frame 0", result.Cause);
    }

    [Fact]
    public async Task CancelKeepsWholeIterationsAndEndsBetweenTwoSteps()
    {
        var (plan, start) = demo.Episode(0, p => p with { Iterations = 50, ExecuteSteps = 2 });
        using var cancel = new CancellationTokenSource();
        // The third step is the policy call of the second iteration.
        var observer = new RecordingObserver { OnStep = n => { if (n == 3) cancel.Cancel(); } };
        var sink = new MemorySink();
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, Quick, observer);
        var result = await node.RunAsync(plan, start, new PhiloxNoise(), sink, cancel.Token);
        Assert.Equal(EpisodeStatus.Cancelled, result.Status);
        Assert.True(result.Iterations is >= 1 and < 50);
        Assert.Equal(result.Iterations * 2, sink.Frames.Count);
        Assert.Equal(sink.Frames.Count, result.Frames);
        Assert.Equal(result.Frames * 16, result.Actions.Length);
        Assert.True(sink.Completed);
        Assert.Equal(0, node.Store.Count);
    }

    [Fact]
    public async Task WholeEpisodeEndsWithAsManyLiveTensorsAsItBegan()
    {
        var before = LiveTensors;
        var (plan, start) = demo.Episode(3, p => p with { Iterations = 2 });
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, Quick))
        {
            var result = await node.RunAsync(plan, start, new PhiloxNoise(), new MemorySink(), Token);
            Assert.Equal(EpisodeStatus.Completed, result.Status);
            Assert.Equal(before, LiveTensors);
        }
    }

    /// <summary>Twenty episodes in one process: once the first ten have warmed the allocators, memory does not grow.</summary>
    [Fact]
    public async Task TwentyEpisodesKeepMemoryFlat()
    {
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, Quick);
        var tensors = LiveTensors;
        long warm = 0;
        for (var i = 0; i < 20; i++)
        {
            var (plan, start) = demo.Episode(i % demo.Prompts.Rows.Count, p => p with { Id = $"episode {i}" });
            await node.RunAsync(plan, start, new PhiloxNoise(), new MemorySink(), Token);
            Assert.Equal(tensors, LiveTensors);
            if (i == 9)
                warm = ResidentBytes();
        }
        // Ten leaked sets of activations would be 300 MB; what is allowed is the allocator's unrest.
        Assert.InRange(ResidentBytes() - warm, long.MinValue, 32L << 20);
    }

    [Fact]
    public async Task PlanThatCannotBeRunIsRefusedBeforeAnythingStarts()
    {
        var (plan, start) = demo.Episode(0, p => p with { ExecuteSteps = 17 });
        var sink = new MemorySink();
        await Assert.ThrowsAsync<RolloutException>(() => Run(plan, start, sink));
        Assert.True(sink.Disposed);
    }

    [Fact]
    public async Task NodeThatIsStoppedCancelsItsEpisodes()
    {
        var (plan, start) = demo.Episode(0, p => p with { Iterations = 50 });
        var started = new TaskCompletionSource();
        var node = await RolloutNode.StartAsync(
            ActorEngines.FromEnvironment, demo.Model, Quick, new RecordingObserver { OnStep = _ => started.TrySetResult() });
        var sink = new MemorySink();
        var running = node.RunAsync(plan, start, new PhiloxNoise(), sink, Token);
        await started.Task;
        await node.DisposeAsync();
        Assert.Contains("the node was stopped", (await Assert.ThrowsAsync<RolloutException>(() => running)).Message);
        Assert.True(sink.Disposed);
    }

    private async Task<EpisodeResult> Run(
        EpisodePlan plan, EpisodeStart start, MemorySink sink, RolloutOptions? options = null, IRolloutObserver? observer = null, INoiseSource? noise = null)
    {
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, options ?? Quick, observer);
        return await node.RunAsync(plan, start, noise ?? new PhiloxNoise(), sink, Token);
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }
}
