using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>What a ClipEmbedder is told.</summary>
public abstract record EmbedderMessage;

/// <summary>Compute everything that both calls of an iteration need of the observation.</summary>
/// <param name="Episode">Id of the episode.</param>
/// <param name="Iteration">From 0.</param>
/// <param name="Images">Observed images [3, H, W], oldest first; lent until the answer.</param>
/// <param name="States">Observed states [n, 16], oldest first.</param>
/// <param name="ReplyTo">Gets the answer.</param>
public sealed record EmbedObservation(
    string Episode, int Iteration, IReadOnlyList<LatentHandle> Images, float[] States, IActorRef<Reply<ObservationEmbedded>> ReplyTo)
    : EmbedderMessage
{
    /// <summary>Who answers for the handles that are made for it.</summary>
    public LatentOwner Owner { get; init; } = Episode;
}

/// <summary>To itself: look at the queue.</summary>
/// <param name="Generation">Out of date unless it is the last one.</param>
internal sealed record EmbedderAwake(long Generation) : EmbedderMessage;

/// <summary>The observation's features, shared by the policy call and the world-model call.</summary>
/// <param name="ImageTokens">Resampled CLIP tokens of the last image [1, 256, D].</param>
/// <param name="StateTokens">State tokens [1, n, D].</param>
/// <param name="PosteriorMean">Mean of the last image's latent [1, 4, h, w], before scaling.</param>
/// <param name="PosteriorStd">Standard deviation of the same.</param>
/// <param name="ActionHeadFeatures">The action head's observation features.</param>
/// <param name="StateHeadFeatures">The state head's observation features.</param>
public sealed record ObservationEmbedded(
    LatentHandle ImageTokens,
    LatentHandle StateTokens,
    LatentHandle PosteriorMean,
    LatentHandle PosteriorStd,
    LatentHandle ActionHeadFeatures,
    LatentHandle StateHeadFeatures)
{
    /// <summary>All handles.</summary>
    public IEnumerable<LatentHandle> Handles =>
        [ImageTokens, StateTokens, PosteriorMean, PosteriorStd, ActionHeadFeatures, StateHeadFeatures];
}
