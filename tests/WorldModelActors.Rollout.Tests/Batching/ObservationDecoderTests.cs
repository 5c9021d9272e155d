namespace WorldModelActors.Rollout.Tests;

/// <summary>What shares a call, in which order, and what becomes of failures; the numbers are compared elsewhere.</summary>
/// <remarks>In the collection because it makes pictures, which other tests count.</remarks>
[Collection(DemoModelCollection.Name)]
public sealed class ObservationDecoderTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(10);

    private static RolloutOptions Options(int max, TimeSpan delay = default) => new() { Decoder = new BatchOptions { MaxBatch = max, MaxDelay = delay } };

    private static FramesDecoded Good(Reply<FramesDecoded> reply)
    {
        Assert.Null(reply.Failure);
        return reply.Value!;
    }

    [Fact]
    public async Task FramesOfSeveralRequestsAndEpisodesShareACall()
    {
        await using var rig = new DecoderRig(new FakeDecoding { HoldFirst = true }, Options(8));
        var first = await rig.AskFirst();
        var (a, b) = (rig.Ask("a", 0, 3, latent: 1), rig.Ask("b", 5, 2, latent: 2));
        rig.Device.Release();
        Good(await first);
        Assert.Equal([(1, 0), (1, 1), (1, 2)], Good(await a).Pictures.Select(FakeDecoding.Shown));
        Assert.Equal([(2, 5), (2, 6)], Good(await b).Pictures.Select(FakeDecoding.Shown));
        Assert.Equal(["w0", "a0 a1 a2 b5 b6"], rig.Device.Calls);
    }

    [Fact]
    public async Task FramesOfOtherShapesDoNot()
    {
        await using var rig = new DecoderRig(new FakeDecoding { HoldFirst = true }, Options(8));
        await rig.AskFirst();
        var (a, b) = (rig.Ask("a", 0, 1), rig.Ask("b", 0, 1, shape: "[1, 4, 16, 16, 8]"));
        rig.Device.Release();
        await Task.WhenAll(a, b);
        Assert.Equal(["w0", "a0", "b0"], rig.Device.Calls);
    }

    [Fact]
    public async Task UrgentFramesGoAfterTheCallInHandAlsoInsideALongRequest()
    {
        await using var rig = new DecoderRig(new FakeDecoding { HoldFirst = true }, Options(2));
        var segment = await rig.AskFirst("s", count: 6);
        var urgent = rig.Ask("u", 3, 2, urgent: true);
        rig.Device.Release();
        await Task.WhenAll(segment, urgent);
        Assert.Equal(["s0 s1", "u3 u4", "s2 s3", "s4 s5"], rig.Device.Calls);
        Assert.Equal(["decode segment", "decode urgent", "decode segment", "decode segment"], rig.Lanes.Spans.Select(s => s.What));
        Assert.All(rig.Lanes.Spans, s => Assert.Equal((Lane.Decode, "cpu", 2), (s.Lane, s.Device, s.Items)));
        Assert.Equal([new LaneSubject("u", 1)], rig.Lanes.Spans.ElementAt(1).Subjects);
        // One waits, it is taken up, its rest waits, the other one too, ...
        Assert.Equal(0, rig.Lanes.Depths.Last());
        Assert.Equal(2, rig.Lanes.Depths.Max());
        Assert.Equal(2, Good(await urgent).Kept.Count);
        Assert.Empty(Good(await segment).Kept);
    }

    [Fact]
    public async Task UnderRandomTrafficEachFrameIsDecodedOnceAndEverybodyGetsTheirOwn()
    {
        var random = new Random(3);
        await using var rig = new DecoderRig(new FakeDecoding { HoldFirst = true }, Options(5), change: s => s with { RequestsPerEpisode = 1000 });
        var asked = new List<(int Latent, int First, int Count, Task<Reply<FramesDecoded>> Reply)>();
        for (var i = 0; i < 200; i++)
        {
            var (first, count) = (random.Next(8), random.Next(1, 9));
            asked.Add((i, first, count, rig.Ask($"e{i % 7}-{i}-", first, count, random.Next(2) == 0, i, random.Next(3) == 0 ? "[1, 4, 16, 9, 9]" : "[1, 4, 16, 8, 8]")));
            if (i == 100)
                rig.Device.Release();
        }
        foreach (var (latent, first, count, reply) in asked)
            Assert.Equal(Enumerable.Range(first, count).Select(f => (latent, f)), Good(await reply).Pictures.Select(FakeDecoding.Shown));
        var frames = rig.Device.Calls.SelectMany(c => c.Split(' ')).ToList();
        Assert.Equal(asked.Sum(a => a.Count), frames.Count);
        Assert.Equal(frames.Count, frames.Distinct().Count());
    }

    [Fact]
    public async Task SwitchedOffEachFrameMakesItsOwnCall()
    {
        await using var rig = new DecoderRig(new FakeDecoding { HoldFirst = true }, Options(8, Delay) with { Batching = false });
        await rig.AskFirst();
        var (a, b) = (rig.Ask("a", 0, 2), rig.Ask("b", 0, 1));
        rig.Device.Release();
        await Task.WhenAll(a, b);
        Assert.Equal(["w0", "a0", "a1", "b0"], rig.Device.Calls);
    }

    [Fact]
    public async Task DeterministicCallsHaveAFixedComposition()
    {
        await using var rig = new DecoderRig(new FakeDecoding { HoldFirst = true }, Options(4, Delay) with { Deterministic = true });
        await rig.AskFirst();
        var (a, b) = (rig.Ask("a", 6, 5), rig.Ask("b", 0, 4));
        rig.Device.Release();
        await Task.WhenAll(a, b);
        Assert.Equal(["w0", "a6 a7", "a8 a9 a10", "b0 b1 b2 b3"], rig.Device.Calls);
    }

    [Fact]
    public async Task AFrameWaitsForTheDelayAndNoLonger()
    {
        await using var rig = new DecoderRig(new FakeDecoding(), Options(8, Delay));
        var one = rig.Ask("a", 0, 1);
        Assert.Equal(Delay, await rig.Clock.Armed);
        rig.Clock.Advance(Delay / 2);
        rig.Clock.Watch();
        var two = rig.Ask("b", 0, 1);
        Assert.Equal(Delay / 2, await rig.Clock.Armed);
        Assert.Empty(rig.Device.Calls);
        rig.Clock.Advance(Delay / 2);
        await Task.WhenAll(one, two);
        Assert.Equal(["a0 b0"], rig.Device.Calls);
    }

    [Fact]
    public async Task NothingIsWaitedForWhenEveryEpisodeWaitsHere()
    {
        await using var rig = new DecoderRig(new FakeDecoding(), Options(8, Delay), producers: 1);
        Good(await rig.Ask("a", 0, 2, urgent: true));
        // Frames that nobody waits for are another matter.
        rig.Clock.Watch();
        var segment = rig.Ask("a", 2, 2);
        Assert.Equal(Delay, await rig.Clock.Armed);
        rig.Clock.Advance(Delay);
        Good(await segment);
    }

    [Fact]
    public async Task CallsThatRunOutOfMemoryAreMadeAgainInSmallerOnes()
    {
        var device = new FakeDecoding { OnCall = frames => { if (frames.Count > 3) throw new OutOfMemoryException(); } };
        await using var rig = new DecoderRig(device, Options(8));
        Assert.Equal(20, Good(await rig.Ask("a", 0, 20)).Pictures.Count);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"a{i}"), device.Calls.SelectMany(c => c.Split(' ')));
        Assert.All(device.Calls, c => Assert.InRange(c.Split(' ').Length, 1, 2));
        // 8 and 4 failed, then all were of 2.
        Assert.Equal(10, device.Calls.Count);
        Assert.Equal(12, rig.Lanes.Spans.Count);
    }

    [Fact]
    public async Task AFrameThatDoesNotFitAloneFailsItsRequest()
    {
        var device = new FakeDecoding
        {
            OnCall = frames => { if (frames.Any(f => f.Request.Episode == "big")) throw new OutOfMemoryException("1 PiB"); },
        };
        await using var rig = new DecoderRig(device, Options(4));
        var failed = await rig.Ask("big", 0, 6);
        Assert.Equal(
            "out of memory to decode 1 frame of cpu#1 [1, 4, 16, 8, 8] Float32 alone: use a smaller model or data type, or a device with more memory (1 PiB)",
            failed.Failure?.Message);
        Good(await rig.Ask("a", 0, 6));
    }

    [Fact]
    public async Task DeterministicCallsAreNotMadeSmaller()
    {
        var device = new FakeDecoding { OnCall = _ => throw new OutOfMemoryException("1 PiB") };
        await using var rig = new DecoderRig(device, Options(4) with { Deterministic = true });
        Assert.Contains("decode 4 frames", (await rig.Ask("a", 0, 8)).Failure?.Message);
    }

    [Fact]
    public async Task OnlyTheRequestAtFaultFails()
    {
        var device = new FakeDecoding
        {
            HoldFirst = true,
            OnCall = frames => { if (frames.Any(f => f is { Request.Episode: "bad", Number: 2 })) throw new InvalidOperationException("frame 2 is bad"); },
        };
        await using var rig = new DecoderRig(device, Options(8));
        await rig.AskFirst();
        var (a, bad, b) = (rig.Ask("a", 0, 2), rig.Ask("bad", 0, 4), rig.Ask("b", 0, 2));
        rig.Device.Release();
        Good(await a);
        Good(await b);
        Assert.Equal("frame 2 is bad", (await bad).Failure?.Message);
        // The shared call failed; alone everybody has their own.
        Assert.Equal(["w0", "a0 a1", "b0 b1"], device.Calls);
    }

    [Fact]
    public async Task AFrameThatIsNotFiniteFailsItsRequestAndFreesTheOthersOfIt()
    {
        var device = new FakeDecoding { HoldFirst = true, Fault = f => f is { Request.Episode: "bad", Number: 2 } ? new RolloutException("not finite") : null };
        await using var rig = new DecoderRig(device, Options(3));
        await rig.AskFirst();
        var (bad, good) = (rig.Ask("bad", 0, 8, urgent: true), rig.Ask("good", 0, 3, urgent: true));
        rig.Device.Release();
        Assert.Equal("not finite", (await bad).Failure?.Message);
        Assert.Equal(3, Good(await good).Kept.Count);
        // Its other frames are not decoded for nobody.
        Assert.Equal(["w0", "bad0 bad1 bad2", "good0 good1 good2"], device.Calls);
        Assert.Equal((3, 2), (device.LiveKept, device.Discarded));
    }

    [Fact]
    public async Task MoreRequestsThanAnEpisodeMayHaveAreRefused()
    {
        await using var rig = new DecoderRig(new FakeDecoding { HoldFirst = true }, Options(8), change: s => s with { RequestsPerEpisode = 2 });
        await rig.AskFirst();
        var (one, two, three, other) = (rig.Ask("a", 0, 1), rig.Ask("a", 1, 1), rig.Ask("a", 2, 1), rig.Ask("b", 0, 1));
        rig.Device.Release();
        Good(await one);
        Good(await two);
        Good(await other);
        Assert.Contains("episode a: /observation-decoder refused to decode 1 frame", (await three).Failure?.Message);
    }

    [Fact]
    public async Task ARequestBeyondAllBoundsIsRefusedAndOneForNothingToo()
    {
        await using var rig = new DecoderRig(new FakeDecoding(), Options(8));
        Assert.IsType<RolloutException>((await rig.Ask("a", 0, (1 << 16) + 1)).Failure);
        Assert.IsType<RolloutException>((await rig.Ask("a", 0, 0)).Failure);
    }

    [Fact]
    public async Task FramesOfAnEpisodeThatIsGoneAreFreed()
    {
        var device = new FakeDecoding { Lent = _ => false };
        await using var rig = new DecoderRig(device, Options(2));
        Assert.IsType<OperationCanceledException>((await rig.Ask("a", 0, 3, urgent: true)).Failure);
        Assert.Equal((0, 3), (device.LiveKept, device.Discarded));
    }

    [Fact]
    public async Task ARestartAnswersWhatWasHeldAndLeaksNothing()
    {
        var device = new FakeDecoding { HoldFirst = true };
        await using var rig = new DecoderRig(device, Options(2));
        rig.Lanes.OnSpan = n =>
        {
            if (n == 2)
                throw new InvalidOperationException("injected");
        };
        var first = await rig.AskFirst();
        var (a, b) = (rig.Ask("a", 0, 3, urgent: true), rig.Ask("b", 0, 2, urgent: true));
        device.Release();
        Good(await first);
        Assert.Equal("injected", (await a).Failure?.Message);
        Assert.Equal("injected", (await b).Failure?.Message);
        Assert.Equal((0, 2), (device.LiveKept, device.Discarded));
        Assert.Equal(3, Good(await rig.Ask("a", 0, 3, urgent: true)).Kept.Count);
    }

    [Fact]
    public async Task AFailureWhileARequestIsTakenInAnswersItOnce()
    {
        await using var rig = new DecoderRig(new FakeDecoding(), Options(2), change: s => s with
        {
            Recorder = new LaneRecorder(new Failing(), TimeProvider.System, "cpu"),
        });
        Assert.Equal("depth", (await rig.Ask("a", 0, 3)).Failure?.Message);
        Assert.Equal("depth", (await rig.Ask("a", 0, 3)).Failure?.Message);
    }

    [Fact]
    public async Task AStopAnswersWhatWasHeld()
    {
        var device = new FakeDecoding { HoldFirst = true };
        await using var rig = new DecoderRig(device, Options(2));
        var first = await rig.AskFirst(count: 3);
        var stopping = rig.StopAsync();
        device.Release();
        await stopping;
        Assert.IsType<OperationCanceledException>((await first).Failure);
        Assert.Equal(2, device.Discarded);
    }

    private sealed class Failing : IRolloutObserver
    {
        public void QueueChanged(Lane lane, string device, int requests) => throw new InvalidOperationException("depth");
    }
}
