using System.Collections.Concurrent;
using WorldModelActors.Engine;

namespace WorldModelActors.Rollout.Tests;

public sealed class ClipEmbedderTests
{
    private static readonly RolloutOptions Batched = new() { Embedder = new BatchOptions { MaxBatch = 4 } };

    [Theory]
    [InlineData(true, false, "w,abc")]
    [InlineData(false, false, "w,a,b,c")]
    [InlineData(true, true, "w,a,b,c")]
    public async Task ObservationsOfSeveralEpisodesShareACallUnlessToldOtherwise(bool batching, bool deterministic, string calls)
    {
        var device = new FakeEmbedding();
        await using var system = Start(device, Batched with { Batching = batching, Deterministic = deterministic }, out var embedder, out var lanes);
        var replies = await AskAll(device, embedder, "abc");
        Assert.All(replies.Zip("abc"), r => Assert.Equal(r.Second, r.First.Value!.ImageTokens.Device[0]));
        Assert.Equal(calls, string.Join(',', device.Calls));
        Assert.Equal(calls.Split(',').Select(c => c.Length), lanes.Spans.Select(s => s.Items));
        Assert.All(lanes.Spans, s => Assert.Equal((Lane.Encode, "embed"), (s.Lane, s.What)));
    }

    [Fact]
    public async Task OnlyTheObservationAtFaultFails()
    {
        var device = new FakeEmbedding { OnCall = c => { if (c.Contains('b')) throw new InvalidOperationException("b is bad"); } };
        await using var system = Start(device, Batched, out var embedder, out _);
        var replies = await AskAll(device, embedder, "abc");
        Assert.Equal([null, "b is bad", null], replies.Select(r => r.Failure?.Message));
    }

    [Fact]
    public async Task AnObservationThatIsNotFiniteFailsAlone()
    {
        var device = new FakeEmbedding { NotFinite = "c" };
        await using var system = Start(device, Batched, out var embedder, out _);
        var replies = await AskAll(device, embedder, "abc");
        Assert.Equal([null, null, "c is not finite"], replies.Select(r => r.Failure?.Message));
        Assert.Equal(["w", "abc"], device.Calls);
    }

    [Fact]
    public async Task MemoryMakesCallsSmaller()
    {
        var device = new FakeEmbedding { OnCall = c => { if (c.Length > 1) throw new OutOfMemoryException(); } };
        await using var system = Start(device, Batched, out var embedder, out _);
        var replies = await AskAll(device, embedder, "abc");
        Assert.All(replies, r => Assert.NotNull(r.Value));
        Assert.Equal(["w", "a", "b", "c"], device.Calls);
    }

    private static async Task<List<Reply<ObservationEmbedded>>> AskAll(FakeEmbedding device, IActorRef<EmbedderMessage> embedder, string episodes)
    {
        _ = Ask(embedder, "w");
        await device.Entered.Task;
        var asked = episodes.Select(e => Ask(embedder, e.ToString())).ToList();
        device.Released.SetResult();
        return [.. await Task.WhenAll(asked)];
    }

    private static Task<Reply<ObservationEmbedded>> Ask(IActorRef<EmbedderMessage> embedder, string episode)
    {
        var inbox = new Inbox<ObservationEmbedded>();
        embedder.Tell(new EmbedObservation(episode, 0, [new LatentHandle("cpu", 1, "[3, 8, 8]", ScalarType.Float32)], [0], inbox));
        return inbox.Reply;
    }

    private static ActorSystem Start(FakeEmbedding device, RolloutOptions options, out IActorRef<EmbedderMessage> embedder, out RecordingLanes lanes)
    {
        var system = ActorEngines.FromEnvironment.Start(new ActorSystemOptions());
        lanes = new RecordingLanes();
        var setup = BatchingSetup.Embedder(options, new LaneRecorder(lanes, system.Time, "cpu"), () => 0, new PeakMeter(CPU));
        embedder = system.Spawn(
            ActorProps.Create<EmbedderMessage>(() => new ClipEmbedder(device, setup)) with { Thread = ActorThread.Dedicated, OnFailure = ClipEmbedder.OnFailure },
            "clip-embedder");
        return system;
    }

    /// <summary>Holds its first call.</summary>
    private sealed class FakeEmbedding : IObservationEmbedding
    {
        private int _calls;

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action<string>? OnCall { get; init; }

        public string? NotFinite { get; init; }

        public ConcurrentQueue<string> Calls { get; } = new();

        public IReadOnlyList<EmbeddedObservation> Embed(IReadOnlyList<EmbedObservation> observations)
        {
            if (Interlocked.Increment(ref _calls) == 1)
            {
                Entered.SetResult();
                Released.Task.Wait();
            }
            var call = string.Concat(observations.Select(o => o.Episode));
            OnCall?.Invoke(call);
            Calls.Enqueue(call);
            return [.. observations.Select(o => o.Episode == NotFinite
                ? new EmbeddedObservation(null, new RolloutException($"{o.Episode} is not finite"))
                : new EmbeddedObservation(Features(new LatentHandle(o.Episode, 1, "", ScalarType.Float32))))];
        }

        public bool IsLent(LatentHandle handle) => true;

        public void Discard(EmbeddedObservation observation)
        {
        }

        private static ObservationEmbedded Features(LatentHandle h) => new(h, h, h, h, h, h);
    }
}
