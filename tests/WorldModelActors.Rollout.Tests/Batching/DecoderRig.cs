using WorldModelActors.Engine;

namespace WorldModelActors.Rollout.Tests;

/// <summary>A decoder on a device without a network, in a system with a clock that stands.</summary>
internal sealed class DecoderRig : IAsyncDisposable
{
    private readonly ActorSystem _system;

    public DecoderRig(FakeDecoding device, RolloutOptions options, int producers = 0, Func<BatchingSetup, BatchingSetup>? change = null)
    {
        Device = device;
        Clock = new StepClock();
        _system = ActorEngines.FromEnvironment.Start(new ActorSystemOptions { Time = Clock });
        var setup = BatchingSetup.Decoder(options, new LaneRecorder(Lanes, Clock, "cpu"), () => producers, new PeakMeter(CPU));
        setup = change?.Invoke(setup) ?? setup;
        Decoder = _system.Spawn(
            ActorProps.Create<DecoderMessage>(() => new ObservationDecoder(device, setup)) with
            {
                Thread = ActorThread.Dedicated,
                OnFailure = ObservationDecoder.OnFailure,
                Supervision = SupervisionStrategy.Restart(TimeSpan.Zero, TimeSpan.Zero, 100, Timeout.InfiniteTimeSpan),
            },
            "observation-decoder");
    }

    public FakeDecoding Device { get; }

    public StepClock Clock { get; }

    public RecordingLanes Lanes { get; } = new();

    public IActorRef<DecoderMessage> Decoder { get; }

    /// <summary>Asks; the answer is the task.</summary>
    public Task<Reply<FramesDecoded>> Ask(string episode, int first, int count, bool urgent = false, int latent = 1, string shape = "[1, 4, 16, 8, 8]")
    {
        var inbox = new Inbox<FramesDecoded>();
        Decoder.Tell(new DecodeFrames(episode, new LatentHandle("cpu", latent, shape, ScalarType.Float32), first, count, urgent, inbox)
        {
            Iteration = latent,
        });
        return inbox.Reply;
    }

    /// <summary>Asks with a frame whose call is held, so that all that follows waits.</summary>
    public async Task<Task<Reply<FramesDecoded>>> AskFirst(string episode = "w", int count = 1)
    {
        var first = Ask(episode, 0, count, latent: 99);
        await Device.Entered;
        return first;
    }

    public Task StopAsync() => _system.StopAsync();

    public ValueTask DisposeAsync()
    {
        Device.Release();
        return _system.DisposeAsync();
    }
}
