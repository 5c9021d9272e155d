using System.Collections.Concurrent;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Episodes that share a device.</summary>
[Collection(DemoModelCollection.Name)]
public sealed class SharedDeviceTests(DemoModel demo)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Faults make episodes repeat their samples while the others go on: frames, actions and states stay the same to the bit.</summary>
    [Fact]
    public async Task WithFixedCompositionSharedEpisodesEqualLoneOnesToTheBitAlsoWithRetries()
    {
        var options = new RolloutOptions { Deterministic = true, MinRestartBackoff = TimeSpan.Zero, MaxRestartBackoff = TimeSpan.Zero };
        var episodes = Enumerable.Range(0, 3)
            .Select(i => demo.Episode(i, p => p with { Id = $"{i}", ExecuteSteps = 1, DdimSteps = 2, GuidanceScale = i == 1 ? 2 : 1 })).ToArray();
        var alone = new List<(EpisodeResult Result, MemorySink Sink)>();
        foreach (var (plan, start) in episodes)
        {
            await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, options);
            var sink = new MemorySink();
            alone.Add((await node.RunAsync(plan, start, new PhiloxNoise(), sink, Token), sink));
        }
        var observer = new RecordingObserver();
        await using var shared = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, options, observer);
        var runs = episodes.Select(async (e, i) =>
        {
            var sink = new MemorySink();
            INoiseSource noise = i == 0 ? new PhiloxNoise() : new FaultyNoise((i == 1 ? SamplingPhase.Policy : SamplingPhase.World, NoiseTensor.Step, 1, 1));
            return (Result: await shared.RunAsync(e.Plan, e.Start, noise, sink, Token), Sink: sink);
        }).ToArray();
        for (var i = 0; i < episodes.Length; i++)
        {
            var (result, sink) = await runs[i];
            Assert.Equal(EpisodeStatus.Completed, result.Status);
            Assert.Equal(alone[i].Sink.Frames, sink.Frames);
            Assert.Equal(alone[i].Result.Actions, result.Actions);
            Assert.Equal(alone[i].Result.States, result.States);
        }
        Assert.Equal(2, observer.Retries.Count);
    }

    /// <summary>With batching: as many steps as alone, never more samples in flight than episodes, nothing left behind.</summary>
    [Fact]
    public async Task EpisodesShareStepsAndEachMakesAllOfItsOwn()
    {
        const int Episodes = 3, Steps = 8;
        var before = LiveTensors;
        var observer = new LaneObserver();
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, observer: observer))
        {
            var runs = Enumerable.Range(0, Episodes).Select(i =>
            {
                var (plan, start) = demo.Episode(i, p => p with { Id = $"{i}", ExecuteSteps = 1, DdimSteps = Steps });
                return node.RunAsync(plan, start, new PhiloxNoise(), new MemorySink(), Token);
            }).ToArray();
            Assert.All(await Task.WhenAll(runs), r => Assert.Equal(EpisodeStatus.Completed, r.Status));
        }
        var spans = observer.Spans.Where(s => s.Lane == Lane.UNet).ToList();
        var made = spans.SelectMany(s => s.Subjects).ToList();
        Assert.Equal(Episodes * 2 * Steps, made.Count);
        Assert.Equal(made.Count, made.Distinct().Count());
        Assert.All(spans, s => Assert.InRange(s.Items, 1, Episodes));
        Assert.All(spans, s => Assert.Equal(s.Items, s.Subjects.Select(x => x.Episode).Distinct().Count()));
        Assert.All(observer.Waiting, waiting => Assert.InRange(waiting, 0, Episodes));
        Assert.Equal(0, observer.Waiting.Last());
        Assert.Equal(Episodes * 4, observer.Spans.Count(s => s.Lane == Lane.Condition));
        Assert.Equal(before, LiveTensors);
    }

    private sealed class LaneObserver : IRolloutObserver
    {
        public ConcurrentQueue<LaneSpan> Spans { get; } = new();

        public ConcurrentQueue<int> Waiting { get; } = new();

        public void LaneWorked(in LaneSpan span) => Spans.Enqueue(span);

        public void QueueChanged(Lane lane, string device, int requests)
        {
            if (lane == Lane.UNet)
                Waiting.Enqueue(requests);
        }
    }
}
