using WorldModelActors.Engine;
using WorldModelActors.Media;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Batched calls of the demo model's networks against single ones.</summary>
[Collection(DemoModelCollection.Name)]
public sealed class SynthesisBatchingTests(DemoModel demo)
{
    private const double Tolerance = 1e-5;

    private static readonly RolloutOptions Quick = new() { MinRestartBackoff = TimeSpan.Zero, MaxRestartBackoff = TimeSpan.Zero };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void FramesOfABatchEqualSingleOnes()
    {
        var before = LiveTensors;
        using (var store = new LatentStore(CPU))
        using (var runtime = new SynthesisRuntime(demo.Model, store))
        {
            FrameToDecode[] frames = [.. Frames(Latent(store, "a", 0), "a", 0, 5), .. Frames(Latent(store, "b", 1), "b", 9, 3)];
            var together = runtime.Decode(frames);
            var alone = frames.SelectMany(f => runtime.Decode([f])).ToList();
            Compare([.. together.Select(f => f.Picture!)], [.. alone.Select(f => f.Picture!)]);
            for (var i = 0; i < frames.Length; i++)
                Assert.InRange(RelativeError(store, together[i].Kept!.Value, alone[i].Kept!.Value), 0, Tolerance);
            foreach (var frame in together.Concat(alone))
                runtime.Discard(frame);
            Assert.Equal(2, store.Count);
        }
        Assert.Equal(before, LiveTensors);
    }

    [Fact]
    public void ObservationsOfABatchEqualSingleOnes()
    {
        var before = LiveTensors;
        using (var store = new LatentStore(CPU))
        using (var runtime = new SynthesisRuntime(demo.Model, store))
        {
            EmbedObservation[] observations = [.. Enumerable.Range(0, 3).Select(i => Observation(store, i))];
            var images = store.Count;
            var together = runtime.Embed(observations);
            var alone = observations.SelectMany(o => runtime.Embed([o])).ToList();
            for (var i = 0; i < observations.Length; i++)
            {
                var pairs = together[i].Features!.Handles.Zip(alone[i].Features!.Handles);
                Assert.All(pairs, p => Assert.Equal(p.Second.Shape, p.First.Shape));
                Assert.All(pairs, p => Assert.InRange(RelativeError(store, p.First, p.Second), 0, Tolerance));
            }
            // They are different observations.
            Assert.True(RelativeError(store, together[0].Features!.PosteriorMean, together[1].Features!.PosteriorMean) > 1e-3);
            foreach (var result in together.Concat(alone))
                runtime.Discard(result);
            Assert.Equal(images, store.Count);
        }
        Assert.Equal(before, LiveTensors);
    }

    [Fact]
    public void AFrameThatIsNotFiniteIsNamedAndTheOthersAreAsAlways()
    {
        var before = LiveTensors;
        using (var store = new LatentStore(CPU))
        using (var runtime = new SynthesisRuntime(demo.Model, store))
        {
            var latent = Latent(store, "a", 0);
            using (var values = store.Borrow(latent))
            using (var frame = values.select(2, 2))
                frame.fill_(float.NaN);
            var frames = Frames(latent, "a", 1, 3).ToList();
            var decoded = runtime.Decode(frames);
            Assert.Equal($"episode a: frame 2 of the latent {latent} (iteration 4) is not finite", decoded[1].Fault?.Message);
            Assert.Null(decoded[1].Picture);
            var alone = runtime.Decode([frames[0]]).Concat(runtime.Decode([frames[2]])).ToList();
            Compare([decoded[0].Picture!, decoded[2].Picture!], [.. alone.Select(f => f.Picture!)]);
            foreach (var result in decoded.Concat(alone))
                runtime.Discard(result);
            Assert.Equal(1, store.Count);
        }
        Assert.Equal(before, LiveTensors);
    }

    [Fact]
    public void AnObservationThatIsNotFiniteIsNamed()
    {
        using var store = new LatentStore(CPU);
        using var runtime = new SynthesisRuntime(demo.Model, store);
        var bad = Observation(store, 1);
        bad.States[3] = float.PositiveInfinity;
        var results = runtime.Embed([Observation(store, 0), bad]);
        Assert.NotNull(results[0].Features);
        Assert.Equal("episode 1: the features of the observation of iteration 0 are not finite", results[1].Fault?.Message);
    }

    [Fact]
    public void WhatDoesNotFitTheModelIsNamedAndNothingLeaks()
    {
        var before = LiveTensors;
        using (var store = new LatentStore(CPU))
        using (var runtime = new SynthesisRuntime(demo.Model, store))
        {
            var latent = Latent(store, "a", 0);
            var frames = Frames(latent, "a", 14, 3).ToList();
            Assert.Contains("frames 14 to 16 are not in the latent", Assert.Throws<RolloutException>(() => runtime.Decode(frames)).Message);
            store.Release(latent);
            Assert.Contains("released already", Assert.Throws<RolloutException>(() => runtime.Decode(frames)).Message);
            var observation = Observation(store, 0);
            Assert.Throws<RolloutException>(() => runtime.Embed([observation with { States = [1] }]));
            Assert.Throws<RolloutException>(() => runtime.Embed([observation with { Images = [observation.Images[0]] }]));
        }
        Assert.Equal(before, LiveTensors);
    }

    /// <summary>A frame of 48 KiB fails the call, not the latent that was put in before.</summary>
    [Fact]
    public void AFrameThatIsLargerThanTheStoreLeavesNothingBehind()
    {
        var before = LiveTensors;
        using (var store = new LatentStore(CPU, byteBudget: 40_000))
        using (var runtime = new SynthesisRuntime(demo.Model, store))
        {
            var frames = Frames(Latent(store, "a", 0), "a", 0, 16).ToList();
            Assert.Contains("takes 49152 bytes, the latent store of cpu has 40000 in all", Assert.Throws<RolloutException>(() => runtime.Decode(frames)).Message);
            Assert.Equal(1, store.Count);
        }
        Assert.Equal(before, LiveTensors);
    }

    /// <summary>An iteration with frames decoded eight at a time and one at a time.</summary>
    [Fact]
    public async Task EpisodesWithAndWithoutBatchingShowTheSame()
    {
        var (plan, start) = demo.Episode(1, p => p with { ExecuteSteps = 16 });
        var (batched, single) = (await Run(plan, start, Quick), await Run(plan, start, Quick with { Batching = false }));
        Assert.Equal(16, batched.Count);
        Compare(batched, single);
    }

    [Fact]
    public async Task DeterministicEpisodesAreTheSameToTheBitWhoeverElseRuns()
    {
        var options = Quick with { Deterministic = true };
        var episodes = Enumerable.Range(0, 3).Select(i => demo.Episode(i, p => p with { ExecuteSteps = 3 })).ToList();
        var (alone, shared) = (new List<MemorySink>(), new List<MemorySink>());
        foreach (var (plan, start) in episodes)
        {
            alone.Add(new MemorySink());
            await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, options);
            await node.RunAsync(plan, start, new PhiloxNoise(), alone[^1], Token);
        }
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, options))
        {
            shared.AddRange(episodes.Select(_ => new MemorySink()));
            await Task.WhenAll(episodes.Select((e, i) => node.RunAsync(e.Plan, e.Start, new PhiloxNoise(), shared[i], Token)));
        }
        Assert.All(alone.Zip(shared), pair => Assert.Equal(pair.First.Frames, pair.Second.Frames));
    }

    private async Task<List<Image>> Run(EpisodePlan plan, EpisodeStart start, RolloutOptions options)
    {
        var sink = new PixelSink();
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, demo.Model, options);
        await node.RunAsync(plan, start, new PhiloxNoise(), sink, Token);
        return sink.Frames;
    }

    /// <summary>At most one level of 255 apart, and 60 dB or better.</summary>
    private static void Compare(IReadOnlyList<Image> pictures, IReadOnlyList<Image> others)
    {
        Assert.Equal(others.Count, pictures.Count);
        long different = 0, all = 0;
        for (var i = 0; i < pictures.Count; i++)
        {
            var a = pictures[i].Pixels;
            var b = others[i].Pixels;
            for (var p = 0; p < a.Length; p++, all++)
            {
                different += a[p] != b[p] ? 1 : 0;
                Assert.InRange(a[p] - b[p], -1, 1);
            }
            Assert.InRange(PeakSignalToNoise.Of(pictures[i], others[i]), 60, double.PositiveInfinity);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{different} of {all} values differ by one level");
    }

    private static double RelativeError(LatentStore store, LatentHandle handle, LatentHandle other)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (store.Borrow(handle), store.Borrow(other));
        return a.sub(b).abs().max().item<float>() / b.abs().max().item<float>();
    }

    private static IEnumerable<FrameToDecode> Frames(LatentHandle latent, string episode, int first, int count) =>
        Enumerable.Range(first, count).Select(n =>
            new FrameToDecode(new DecodeFrames(episode, latent, first, count, true, new Inbox<FramesDecoded>()) { Iteration = 4 }, n));

    /// <summary>A latent [1, 4, 16, h, w] whose frames are a prompt's image under different noise.</summary>
    private LatentHandle Latent(LatentStore store, string episode, int prompt)
    {
        using var scope = NewDisposeScope();
        var (height, width) = demo.Model.Options.ImageSize;
        var image = tensor(demo.Episode(prompt).Start.Image.ToArray(), [1, 3, height, width]);
        using var posterior = demo.Model.FirstStage.EncodePosterior(image);
        var mean = posterior.Mean.mul(demo.Model.FirstStage.ScaleFactor);
        var frames = Enumerable.Range(0, 16).Select(i => mean.add(mean.roll(i, 3).mul(0.1))).ToArray();
        return store.Put(stack(frames, 2), new LatentOrigin(episode, ActorPath.Parse("/test"), "latent"));
    }

    private EmbedObservation Observation(LatentStore store, int prompt)
    {
        var start = demo.Episode(prompt).Start;
        var (height, width) = demo.Model.Options.ImageSize;
        var (count, states) = (demo.Model.Options.NumObsStepsImagen, start.State.ToArray());
        Array.Resize(ref states, demo.Model.Options.AgentActionDim);
        var images = Enumerable.Range(0, count)
            .Select(_ => store.Put(start.Image.Span, [3, height, width], new LatentOrigin($"{prompt}", ActorPath.Parse("/test"), "image")));
        return new EmbedObservation(
            $"{prompt}", 0, [.. images], [.. Enumerable.Repeat(states, count).SelectMany(s => s)], new Inbox<ObservationEmbedded>());
    }
}
