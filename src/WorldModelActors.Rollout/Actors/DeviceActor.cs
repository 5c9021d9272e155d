using WorldModelActors.Engine;
using WorldModelActors.Models;

namespace WorldModelActors.Rollout;

/// <summary>One device of a node.</summary>
/// <param name="Runtime">What its actors compute.</param>
/// <param name="Options">Its model's sizes.</param>
/// <param name="Credits">Leave to fill its latent store.</param>
internal sealed record DeviceSetup(SynthesisRuntime Runtime, WorldModelOptions Options, LatentCredits Credits);

/// <summary>
/// Parent of one device's actors. A child that fails is restarted with back-off; the requests that it held are answered
/// with the failure. A child that keeps failing ends the node.
/// </summary>
internal sealed class DeviceActor(
    DeviceSetup device, RolloutOptions options, IRolloutObserver observer, TaskCompletionSource<DeviceActors> ready) : Actor<DeviceActor.Nothing>
{
    private SynthesisRuntime Runtime => device.Runtime;

    public override ValueTask PreStartAsync(IActorContext<Nothing> context)
    {
        var restart = SupervisionStrategy.Restart(
            options.MinRestartBackoff, options.MaxRestartBackoff, options.MaxRestarts, options.RestartWindow);
        var lanes = new LaneRecorder(observer, context.System.Time, Runtime.Store.Name);
        var producers = () => Runtime.Store.Episodes;
        var denoiser = context.Spawn(
            Props(ActorKind.Denoiser, () => new Denoiser(Runtime, options, observer, lanes, Runtime.Peaks), restart), "denoiser");
        var policy = context.Spawn(
            Props(ActorKind.PolicySampler, () => new PolicySampler(Runtime, denoiser, lanes), restart) with { OnFailure = OnPolicyFailure }, "policy-sampler");
        var world = context.Spawn(
            Props(ActorKind.WorldModelSampler, () => new WorldModelSampler(Runtime, denoiser, lanes), restart) with { OnFailure = OnWorldModelFailure },
            "world-model-sampler");
        var embedder = context.Spawn(
            Props(ActorKind.ClipEmbedder, () => new ClipEmbedder(Runtime, BatchingSetup.Embedder(options, lanes, producers, Runtime.Peaks)), restart) with
            {
                OnFailure = ClipEmbedder.OnFailure,
            },
            "clip-embedder");
        var decoder = context.Spawn(
            Props(ActorKind.ObservationDecoder, () => new ObservationDecoder(Runtime, BatchingSetup.Decoder(options, lanes, producers, Runtime.Peaks)), restart) with
            {
                OnFailure = ObservationDecoder.OnFailure,
            },
            "observation-decoder");
        ready.TrySetResult(new DeviceActors(Runtime.Store, embedder, policy, world, denoiser, decoder) { Credits = device.Credits, Options = device.Options });
        return ValueTask.CompletedTask;
    }

    public override ValueTask ReceiveAsync(Nothing message, IActorContext<Nothing> context) => ValueTask.CompletedTask;

    // A finished sample in hand was on its way to the requester, who gets the failure in its place.
    private void OnPolicyFailure(ActorFailure<PolicyMessage> failure)
    {
        if (failure.Message is ActionsDenoised { Outcome.Value: { } sample })
            Runtime.Store.Release(sample.Latent);
        PolicySampler.OnFailure(failure);
    }

    private void OnWorldModelFailure(ActorFailure<WorldModelMessage> failure)
    {
        if (failure.Message is FutureDenoised { Outcome.Value: { } sample })
            Runtime.Store.Release(sample.Latent);
        WorldModelSampler.OnFailure(failure);
    }

    // Each device actor has a thread of its own, and on CUDA a stream of its own, which is current on that thread only.
    private ActorProps<T> Props<T>(ActorKind kind, Func<Actor<T>> make, SupervisionStrategy supervision)
        where T : notnull
    {
        var props = ActorProps.Create<T>(() =>
        {
            Runtime.EnterDeviceThread(urgent: typeof(T) == typeof(DecoderMessage));
            return make();
        }) with
        {
            Thread = ActorThread.Dedicated,
            Supervision = supervision,
        };
        return props.WithFaults(options.Faults, kind);
    }

    /// <summary>It takes no messages.</summary>
    internal sealed record Nothing;
}
