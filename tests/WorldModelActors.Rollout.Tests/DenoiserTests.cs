using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public sealed class DenoiserTests(DemoModel demo)
{
    private const SamplingPhase Policy = SamplingPhase.Policy;
    private const SamplingPhase World = SamplingPhase.World;

    [Fact]
    public async Task SamplesJoinAndLeaveBetweenSteps()
    {
        var before = Tensor.TotalCount;
        await using (var rig = new DenoiserRig(demo))
        {
            var a = await rig.Start(rig.Bench.Request(0, Policy, Plan("a", 4)));
            var b = rig.Send(rig.Bench.Request(1, World, Plan("b", 2)));
            var c = rig.Send(rig.Bench.Request(2, Policy, p => Plan("c", 2)(p) with { GuidanceScale = 2 }));
            rig.Open();
            foreach (var reply in await Task.WhenAll(a, b, c))
                rig.Take(reply);
            // The guided sample takes two rows.
            Assert.Equal([1, 4, 4, 1], rig.Calls);
            Assert.Equal(["a 1/4", "a 2/4", "c 1/2", "b 1/2", "a 3/4", "c 2/2", "b 2/2", "a 4/4"], rig.Steps);
            var steps = rig.Spans.Where(s => s.Lane == Lane.UNet).ToList();
            Assert.Equal([1, 3, 3, 1], steps.Select(s => s.Items));
            Assert.All(steps, s => Assert.Equal(("denoise", "cpu"), (s.What, s.Device)));
            Assert.Equal(
                [new LaneSubject("a", 0, Policy, 2), new LaneSubject("c", 0, Policy, 1), new LaneSubject("b", 0, World, 1)], steps[1].Subjects);
            Assert.Equal(["a", "b", "c"], rig.Spans.Where(s => s.Lane == Lane.Condition).Select(s => s.Subjects.Single().Episode));
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    /// <summary>A fixed composition: every sample by itself, in turn, exactly as it is alone.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task WithFixedCompositionEverySampleIsTheSameToTheBitAsAlone(bool batching, bool deterministic)
    {
        await using var rig = new DenoiserRig(demo, new RolloutOptions { Batching = batching, Deterministic = deterministic });
        (int Prompt, SamplingPhase Phase, Func<EpisodePlan, EpisodePlan> Change)[] samples =
        [
            (0, Policy, Plan("a", 3)), (1, World, Plan("b", 2)), (2, Policy, p => Plan("c", 2)(p) with { GuidanceScale = 2 }),
        ];
        var replies = new List<Task<Reply<SampleDenoised>>>();
        foreach (var (prompt, phase, change) in samples)
        {
            var request = rig.Bench.Request(prompt, phase, change);
            replies.Add(replies.Count == 0 ? await rig.Start(request) : rig.Send(request));
        }
        rig.Open();
        for (var i = 0; i < samples.Length; i++)
        {
            var expected = rig.Alone(samples[i].Prompt, samples[i].Phase, samples[i].Change, demo.Model.UNet);
            var (latent, stream) = rig.Take(await replies[i]);
            Assert.Equal(expected.Latent, latent);
            Assert.Equal(expected.Stream, stream);
        }
        Assert.All(rig.Calls, rows => Assert.Equal(1, rows));
        Assert.Equal(["a 1/3", "a 2/3", "b 1/2", "c 1/2", "a 3/3", "b 2/2", "c 2/2"], rig.Steps);
    }

    /// <summary>Recordings that are replayed give what the network gives, whoever joins and leaves.</summary>
    [Fact]
    public async Task SamplesThatAreReplayedFromRecordingsAreTheSame()
    {
        var before = Tensor.TotalCount;
        var failures = new List<string>();
        await using (var rig = new DenoiserRig(demo, graphs: () => new UNetGraphs(demo.Model.UNet, UNetGraphs.Sizes, new Rerun(), failures.Add)))
        {
            var first = await rig.Start(rig.Bench.Request(0, Policy, Plan("e0", 6)));
            var others = Enumerable.Range(1, 3).Select(i => rig.Send(rig.Bench.Request(i % 3, i == 2 ? World : Policy, Plan($"e{i}", 2 + i)))).ToArray();
            rig.Open();
            var replies = await Task.WhenAll([first, .. others]);
            for (var i = 0; i < replies.Length; i++)
            {
                var expected = rig.Alone(i % 3, i == 2 ? World : Policy, Plan($"e{i}", i == 0 ? 6 : 2 + i), demo.Model.UNet);
                var actual = rig.Take(replies[i]);
                AssertNear(expected.Latent, actual.Latent);
                AssertNear(expected.Stream, actual.Stream);
            }
            Assert.Equal([1, 4, 4, 4, 3, 2], rig.Calls);
            Assert.Empty(failures);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public async Task OutOfMemoryMakesBatchesSmallerAndChangesNothingElse()
    {
        var before = Tensor.TotalCount;
        await using (var rig = new DenoiserRig(demo, fault: input => FillMemory(input.Conditions.Count > 2)))
        {
            var first = await rig.Start(rig.Bench.Request(0, Policy, Plan("e0", 3)));
            var others = Enumerable.Range(1, 3).Select(i => rig.Send(rig.Bench.Request(i % 3, i == 2 ? World : Policy, Plan($"e{i}", 3)))).ToArray();
            rig.Open();
            var replies = await Task.WhenAll([first, .. others]);
            for (var i = 0; i < replies.Length; i++)
                AssertNear(rig.Alone(i % 3, i == 2 ? World : Policy, Plan($"e{i}", 3), demo.Model.UNet).Latent, rig.Take(replies[i]).Latent);
            // The step that did not fit is made again, in halves.
            Assert.Equal([1, 4, 2, 2], rig.Calls.Take(4));
            Assert.All(rig.Calls.Skip(4), rows => Assert.InRange(rows, 1, 2));
            Assert.Equal(12, rig.Steps.Count);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public async Task GuidedSampleThatDoesNotFitInTwoRowsMakesTwoCallsOfOne()
    {
        await using var rig = new DenoiserRig(demo, fault: input => FillMemory(input.Conditions.Count > 1));
        Func<EpisodePlan, EpisodePlan> guided = p => Plan("a", 2)(p) with { GuidanceScale = 2 };
        var sample = await rig.Start(rig.Bench.Request(0, Policy, guided));
        rig.Open();
        var expected = rig.Alone(0, Policy, guided, demo.Model.UNet);
        Assert.Equal(expected.Latent, rig.Take(await sample).Latent);
        Assert.Equal([2, 1, 1, 1, 1], rig.Calls);
    }

    [Fact]
    public async Task SampleThatDoesNotFitAloneFailsAlone()
    {
        await using var rig = new DenoiserRig(demo, fault: input => FillMemory(input.Streams.Contains(PredictedStreams.State)));
        var (good, bad) = await GoodAndBad(rig);
        Assert.True(Assert.IsType<TorchException>(bad.Failure).IsOutOfMemory);
        AssertNear(rig.Alone(0, Policy, Plan("good", 3), demo.Model.UNet).Latent, rig.Take(good).Latent);
    }

    /// <summary>The call fails for all; each half by itself shows whose fault it was.</summary>
    [Fact]
    public async Task SampleThatFailsTheCallFailsAlone()
    {
        await using var rig = new DenoiserRig(demo, fault: input =>
        {
            if (input.Streams.Contains(PredictedStreams.State))
                throw new InvalidOperationException("poison");
        });
        var (good, bad) = await GoodAndBad(rig);
        Assert.Equal("poison", bad.Failure!.Message);
        AssertNear(rig.Alone(0, Policy, Plan("good", 3), demo.Model.UNet).Latent, rig.Take(good).Latent);
        Assert.Equal([1, 3, 1, 2, 1, 1, 2], rig.Calls);
    }

    [Fact]
    public async Task ValuesThatAreNotFiniteFailTheirSampleOnly()
    {
        await using var rig = new DenoiserRig(demo, spoil: (input, output) =>
        {
            for (var i = 0; i < input.Streams.Count; i++)
            {
                if (input.Streams[i] == PredictedStreams.State)
                    output.Prediction.narrow(0, i, 1).narrow(2, 3, 1).fill_(double.NaN);
            }
        });
        var (good, bad) = await GoodAndBad(rig);
        Assert.StartsWith(
            "episode bad, iteration 0, world sample: values that are not finite after step 1 of 2; check the weights",
            Assert.IsType<SamplingException>(bad.Failure).Message);
        AssertNear(rig.Alone(0, Policy, Plan("good", 3), demo.Model.UNet).Latent, rig.Take(good).Latent);
    }

    [Fact]
    public async Task CancelledSampleLeavesAndTheOthersGoOn()
    {
        await using var rig = new DenoiserRig(demo);
        var stays = await rig.Start(rig.Bench.Request(0, Policy, Plan("stays", 2)));
        var goes = rig.Send(rig.Bench.Request(1, World, Plan("goes", 2)));
        rig.Denoiser.Tell(new CancelSamples("goes"));
        rig.Open();
        Assert.IsType<OperationCanceledException>((await goes).Failure);
        rig.Take(await stays);
        Assert.Equal([1, 1], rig.Calls);
    }

    /// <summary>An episode has one sample at a time, hence there are never more than episodes.</summary>
    [Fact]
    public async Task LaterSampleOfAnEpisodeTakesThePlaceOfTheFirst()
    {
        await using var rig = new DenoiserRig(demo);
        var first = await rig.Start(rig.Bench.Request(0, Policy, Plan("a", 3)));
        var others = Enumerable.Range(0, 4).Select(_ => rig.Send(rig.Bench.Request(1, World, Plan("a", 2)))).ToArray();
        rig.Open();
        foreach (var replaced in (Task<Reply<SampleDenoised>>[])[first, .. others[..^1]])
            Assert.Contains("takes the place of another one", (await replaced).Failure!.Message);
        rig.Take(await others[^1]);
        Assert.Equal([1, 1, 1], rig.Calls);
    }

    [Fact]
    public async Task InputsThatDoNotFitFailTheirSampleOnly()
    {
        await using var rig = new DenoiserRig(demo);
        var good = await rig.Start(rig.Bench.Request(0, Policy, Plan("good", 2)));
        var request = rig.Bench.Request(1, World, Plan("bad", 2));
        rig.Bench.Runtime.Release(request.Inputs);
        var bad = rig.Send(request);
        rig.Open();
        Assert.Contains("released already", (await bad).Failure!.Message);
        rig.Take(await good);
    }

    /// <summary>A failure of the actor itself costs what it held; what was on its way to the failed instance does not disturb the next.</summary>
    [Fact]
    public async Task AfterAFailureOfTheActorItGoesOnWithNewSamples()
    {
        var before = Tensor.TotalCount;
        await using (var rig = new DenoiserRig(demo))
        {
            var fail = true;
            rig.OnStep = step =>
            {
                if (fail && step == "b 1/2")
                {
                    fail = false;
                    throw new InvalidOperationException("observer");
                }
            };
            var a = await rig.Start(rig.Bench.Request(0, Policy, Plan("a", 3)));
            var b = rig.Send(rig.Bench.Request(1, World, Plan("b", 2)));
            rig.Open();
            foreach (var reply in await Task.WhenAll(a, b))
                Assert.Equal("observer", reply.Failure!.Message);
            rig.Take(await rig.Send(rig.Bench.Request(1, World, Plan("b", 2))));
            Assert.Equal([1, 2, 1, 1], rig.Calls);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static Func<EpisodePlan, EpisodePlan> Plan(string id, int steps) => p => p with { Id = id, DdimSteps = steps };

    /// <summary>Two good samples and a bad one, which is the only world-model sample, in one batch.</summary>
    private static async Task<(Reply<SampleDenoised> Good, Reply<SampleDenoised> Bad)> GoodAndBad(DenoiserRig rig)
    {
        var good = await rig.Start(rig.Bench.Request(0, Policy, Plan("good", 3)));
        var bad = rig.Send(rig.Bench.Request(1, World, Plan("bad", 2)));
        var other = rig.Send(rig.Bench.Request(2, Policy, Plan("other", 2)));
        rig.Open();
        rig.Take(await other);
        return (await good, await bad);
    }

    private static void FillMemory(bool now)
    {
        // More than there are addresses.
        if (now)
            empty([1L << 46]).Dispose();
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        var difference = expected.Zip(actual).Sum(p => Math.Pow((double)p.First - p.Second, 2));
        Assert.InRange(Math.Sqrt(difference / expected.Sum(v => Math.Pow(v, 2))), 0, 1e-5);
    }
}
