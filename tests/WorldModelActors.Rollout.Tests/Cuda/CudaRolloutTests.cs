using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>
/// Episodes through the actors on CUDA. In float32 they are compared with the same episodes on the CPU, which are compared with the reference
/// implementation's elsewhere.
/// </summary>
[Collection(DemoModelCollection.Name)]
public sealed class CudaRolloutTests : IDisposable
{
    private static readonly Device s_gpu = new(DeviceType.CUDA, 0);
    private readonly DemoModel _demo;

    public CudaRolloutTests(DemoModel demo)
    {
        Assert.SkipUnless(cuda.is_available(), "no CUDA device here");
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: false);
        _demo = demo;
        // Cached for the model's lifetime.
        foreach (var text in new[] { "", "push" })
            demo.Model.Text.Embed(text).Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => cuda.synchronize();

    [Fact]
    public async Task DemoModelInFloat32ImaginesWhatItImaginesOnTheHost()
    {
        using var model = Load(ScalarType.Float32);
        var plan = Plan("a") with { Iterations = 2, DdimSteps = 4 };
        var host = await Run(_demo.Model, new RolloutOptions(), plan);
        var device = await Run(model, new RolloutOptions(), plan);
        AssertNear(host[0].Result.Actions, device[0].Result.Actions, 2e-3);
        AssertNear(host[0].Result.States, device[0].Result.States, 2e-3);
        Assert.InRange(Decibels(host[0].Frames, device[0].Frames), 40, 200);
    }

    [Theory]
    [InlineData(ScalarType.Float16, 30)]
    [InlineData(ScalarType.BFloat16, 18)]
    public async Task HalfPrecisionImaginesNearlyTheSame(ScalarType type, double decibels)
    {
        using var model = Load(type);
        var plan = Plan("a") with { DdimSteps = 4 };
        var host = await Run(_demo.Model, new RolloutOptions(), plan);
        var device = await Run(model, new RolloutOptions(), plan);
        Assert.InRange(Decibels(host[0].Frames, device[0].Frames), decibels, 200);
    }

    /// <summary>Graphs or not, one episode or several, and again: the same up to rounding; with a fixed composition to the bit.</summary>
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    public async Task EpisodesThatShareTheDeviceImagineWhatTheyImagineAlone(ScalarType type)
    {
        using var model = Load(type);
        var plans = Enumerable.Range(0, 5).Select(i => Plan($"e{i}") with { Iterations = 2, DdimSteps = 6, ExecuteSteps = i + 1 }).ToArray();
        var fixedOptions = new RolloutOptions { Deterministic = true };
        var alone = new List<Episode>();
        foreach (var plan in plans)
            alone.AddRange(await Run(model, fixedOptions, plan));
        foreach (var (episode, again) in alone.Zip(await Run(model, fixedOptions, plans)))
        {
            Assert.Equal(episode.Result.Actions, again.Result.Actions);
            Assert.Equal(episode.Frames, again.Frames);
        }

        foreach (var options in new[] { new RolloutOptions(), new RolloutOptions { CudaGraphs = false }, new RolloutOptions { Batching = false } })
        {
            foreach (var (episode, shared) in alone.Zip(await Run(model, options, plans)))
                Assert.InRange(Decibels(episode.Frames, shared.Frames), type == ScalarType.Float32 ? 40 : 28, 200);
        }
    }

    [Fact]
    public async Task GuidanceIsRecordedToo()
    {
        using var model = Load(ScalarType.Float32);
        var plan = Plan("a") with { DdimSteps = 5, GuidanceScale = 2 };
        var recorded = await Run(model, new RolloutOptions(), plan);
        var plain = await Run(model, new RolloutOptions { CudaGraphs = false }, plan);
        AssertNear(plain[0].Result.Actions, recorded[0].Result.Actions, 2e-3);
    }

    /// <summary>A store that holds one observation or two: the others wait in the host's memory.</summary>
    [Fact]
    public async Task WhatHasNoRoomOnTheDeviceWaitsOnTheHost()
    {
        using var model = Load(ScalarType.Float32);
        var plans = Enumerable.Range(0, 4).Select(i => Plan($"e{i}") with { DdimSteps = 3, ExecuteSteps = 2 }).ToArray();
        var expected = await Run(model, new RolloutOptions { Deterministic = true }, plans);
        long peak;
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, model, new RolloutOptions { Deterministic = true }))
        {
            await Run(node, plans[..1]);
            peak = node.Store.PeakBytes;
        }

        var small = new RolloutOptions { Deterministic = true, LatentStoreBytes = peak, LatentHostBytes = 1 << 30 };
        await using var narrow = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, model, small);
        var actual = await Run(narrow, plans);
        Assert.True(narrow.Store.Spills > 0, "nothing was moved to the host");
        foreach (var (e, a) in expected.Zip(actual))
        {
            Assert.Equal(e.Frames, a.Frames);
            Assert.Equal(e.Result.Actions, a.Result.Actions);
        }
    }

    [Fact]
    public void NoiseIsTheHostsToTheBit()
    {
        Assert.SkipUnless(CounterRandom.Fills(s_gpu), "the shim was built without nvcc");
        using var scope = NewDisposeScope();
        foreach (var shape in new long[][] { [1, 4, 16, 40, 64], [1, 16, 16], [3], [257] })
        {
            var key = new NoiseKey(123, "episode", 7, SamplingPhase.World, 11, NoiseTensor.Step);
            var noise = new PhiloxNoise();
            Assert.Equal(noise.Draw(key, shape, CPU).data<float>().ToArray(), noise.Draw(key, shape, s_gpu).cpu().data<float>().ToArray());
        }
    }

    private WorldModel Load(ScalarType type)
    {
        var configuration = ModelConfiguration.Load(DemoModel.Folder);
        var tokenizer = new ClipTokenizer(ClipVocabulary.Load(configuration.MergesPath!));
        var weights = CheckpointWeights.Open(configuration.CheckpointPath!, s_gpu, type);
        var model = WorldModel.Build(configuration.Options, weights, tokenizer.Tokenize);
        foreach (var text in new[] { "", "push" })
            model.Text.Embed(text).Dispose();
        return model;
    }

    private static EpisodePlan Plan(string id) => new()
    {
        Id = id,
        Instruction = "push",
        FrameRateCondition = 10,
        ActionDim = 2,
        StateDim = 6,
        ExecuteSteps = 4,
    };

    private static EpisodeStart Start(string id)
    {
        var image = new float[3 * 64 * 64];
        for (var i = 0; i < image.Length; i++)
            image[i] = 0.7f * MathF.Sin((i % 64 * 0.1f) + id[^1]) * MathF.Cos(i / 64 % 64 * 0.07f);
        return new EpisodeStart(image, new float[16]);
    }

    /// <summary>Runs episodes on a node of their own; nothing is left behind.</summary>
    private static async Task<IReadOnlyList<Episode>> Run(WorldModel model, RolloutOptions options, params EpisodePlan[] plans)
    {
        // The device's streams and events are made once; live tensors are counted.
        var before = Tensor.TotalCount;
        IReadOnlyList<Episode> episodes;
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, model, options))
        {
            episodes = await Run(node, plans);
            Assert.Equal((0, 0L), (node.Store.Count, node.Store.Bytes));
        }

        Assert.Equal(before, Tensor.TotalCount);
        return episodes;
    }

    private static async Task<IReadOnlyList<Episode>> Run(RolloutNode node, EpisodePlan[] plans)
    {
        var runs = plans.Select(async plan =>
        {
            var sink = new PixelSink();
            var result = await node.RunAsync(plan, Start(plan.Id), new PhiloxNoise(), sink, Token);
            Assert.Equal((EpisodeStatus.Completed, (string?)null), (result.Status, result.Cause));
            Assert.Empty(result.Leaks);
            var frames = sink.Frames.SelectMany(f => f.Pixels.ToArray()).ToArray();
            sink.Frames.ForEach(f => f.Dispose());
            return new Episode(result, frames);
        });
        return await Task.WhenAll(runs);
    }

    private static double Decibels(byte[] a, byte[] b)
    {
        Assert.Equal(a.Length, b.Length);
        var squares = a.Zip(b).Sum(p => Math.Pow(p.First - p.Second, 2));
        return squares == 0 ? 100 : 10 * Math.Log10(255.0 * 255.0 * a.Length / squares);
    }

    private static void AssertNear(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var error = Math.Sqrt(actual.Zip(expected).Sum(p => Math.Pow((double)p.First - p.Second, 2)) / Math.Max(1e-30, expected.Sum(v => (double)v * v)));
        Assert.True(error <= tolerance, $"relative error {error:0.0e-0}");
    }

    private sealed record Episode(EpisodeResult Result, byte[] Frames);
}
