using WorldModelActors.Engine;
using WorldModelActors.Models;

namespace WorldModelActors.Rollout;

/// <summary>A device to run on.</summary>
/// <param name="Name">Name in handles and displays, e.g. <c>cuda:0</c>; unlike the others' of the node.</param>
/// <param name="Model">The model on it; stays the caller's and must outlive the node.</param>
public sealed record RolloutDevice(string Name, WorldModel Model);

/// <summary>Addresses of one device's actors, and what its episodes share.</summary>
public sealed record DeviceActors(
    LatentStore Store,
    IActorRef<EmbedObservation> Embedder,
    IActorRef<PolicyMessage> Policy,
    IActorRef<WorldModelMessage> WorldModel,
    IActorRef<DenoiserMessage> Denoiser,
    IActorRef<DecodeFrames> Decoder)
{
    /// <summary>Leave to fill the store.</summary>
    public required LatentCredits Credits { get; init; }

    /// <summary>The model's sizes.</summary>
    public required WorldModelOptions Options { get; init; }
}
