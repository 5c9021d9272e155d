using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>Addresses of one device's actors.</summary>
public sealed record DeviceActors(
    LatentStore Store,
    IActorRef<EmbedObservation> Embedder,
    IActorRef<PolicyMessage> Policy,
    IActorRef<WorldModelMessage> WorldModel,
    IActorRef<DenoiserMessage> Denoiser,
    IActorRef<DecodeFrames> Decoder);
