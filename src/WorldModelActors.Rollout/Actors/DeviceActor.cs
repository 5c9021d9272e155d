using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// Parent of one device's actors. A child that fails is restarted with back-off; the requests that it held are answered
/// with the failure. A child that keeps failing ends the node.
/// </summary>
internal sealed class DeviceActor(
    SynthesisRuntime runtime, RolloutOptions options, IRolloutObserver observer, TaskCompletionSource<DeviceActors> ready) : Actor<DeviceActor.Nothing>
{
    public override ValueTask PreStartAsync(IActorContext<Nothing> context)
    {
        var restart = SupervisionStrategy.Restart(
            options.MinRestartBackoff, options.MaxRestartBackoff, options.MaxRestarts, options.RestartWindow);
        var lanes = new LaneRecorder(observer, context.System.Time, runtime.Device.ToString());
        var producers = () => runtime.Store.Episodes;
        var denoiser = context.Spawn(
            Props(() => new Denoiser(runtime, options, observer, lanes, runtime.Peaks), restart), "denoiser");
        var policy = context.Spawn(
            Props(() => new PolicySampler(runtime, denoiser, lanes), restart) with { OnFailure = PolicySampler.OnFailure }, "policy-sampler");
        var world = context.Spawn(
            Props(() => new WorldModelSampler(runtime, denoiser, lanes), restart) with { OnFailure = WorldModelSampler.OnFailure }, "world-model-sampler");
        var embedder = context.Spawn(
            Props(() => new ClipEmbedder(runtime, BatchingSetup.Embedder(options, lanes, producers, runtime.Peaks)), restart) with { OnFailure = ClipEmbedder.OnFailure }, "clip-embedder");
        var decoder = context.Spawn(
            Props(() => new ObservationDecoder(runtime, BatchingSetup.Decoder(options, lanes, producers, runtime.Peaks)), restart) with
            {
                OnFailure = ObservationDecoder.OnFailure,
            },
            "observation-decoder");
        ready.TrySetResult(new DeviceActors(runtime.Store, embedder, policy, world, denoiser, decoder));
        return ValueTask.CompletedTask;
    }

    public override ValueTask ReceiveAsync(Nothing message, IActorContext<Nothing> context) => ValueTask.CompletedTask;

    // Each device actor has a thread of its own, and on CUDA a stream of its own, which is current on that thread only.
    private ActorProps<T> Props<T>(Func<Actor<T>> make, SupervisionStrategy supervision)
        where T : notnull => ActorProps.Create<T>(() =>
        {
            runtime.EnterDeviceThread(urgent: typeof(T) == typeof(DecoderMessage));
            return make();
        }) with
        {
            Thread = ActorThread.Dedicated,
            Supervision = supervision,
        };

    /// <summary>It takes no messages.</summary>
    internal sealed record Nothing;
}
