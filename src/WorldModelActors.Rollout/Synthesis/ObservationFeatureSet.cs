using WorldModelActors.Models;

namespace WorldModelActors.Rollout;

/// <summary>
/// Everything that the networks read of an observation and that does not depend on the call: computed once per iteration.
/// Owns its tensors.
/// </summary>
/// <param name="Tokens">Image and state tokens.</param>
/// <param name="PosteriorMean">Mean of the last image's latent [B, 4, h, w], before scaling.</param>
/// <param name="PosteriorStd">Its standard deviation [B, 4, h, w].</param>
/// <param name="Heads">The heads' observation features.</param>
public sealed record ObservationFeatureSet(ObservationEmbedding Tokens, Tensor PosteriorMean, Tensor PosteriorStd, ObservationFeatures Heads)
    : IDisposable
{
    /// <summary>Computes the features.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Observed images [B, 3, n, H, W] in [-1, 1], oldest first, float32.</param>
    /// <param name="states">Observed states [B, n, 16], normalised and padded, float32.</param>
    public static ObservationFeatureSet Compute(WorldModel model, Tensor images, Tensor states)
    {
        using var scope = NewDisposeScope();
        // Only the last image is seen by the CLIP tower and the autoencoder; the heads see all of them.
        var last = images.select(2, images.size(2) - 1);
        using var posterior = model.FirstStage.EncodePosterior(last);
        var (mean, deviation) = (posterior.Mean.alias(), posterior.StandardDeviation());
        var heads = model.UNet.EncodeObservation(images, states, HeadSelection.Both);
        // The tokens come last: they own themselves, and nothing can fail after them.
        var tokens = model.Conditions.EmbedObservation(last, states);
        heads.Action?.DetachFromDisposeScope();
        heads.State?.DetachFromDisposeScope();
        return new ObservationFeatureSet(tokens, mean.DetachFromDisposeScope(), deviation.DetachFromDisposeScope(), heads);
    }

    /// <summary>Every tensor, in the order that <see cref="Of"/> takes them in.</summary>
    internal IReadOnlyList<Tensor> Tensors => [Tokens.ImageTokens, Tokens.StateTokens, PosteriorMean, PosteriorStd, Heads.Action!, Heads.State!];

    /// <summary>Takes tensors over, in the order of <see cref="Tensors"/>.</summary>
    internal static ObservationFeatureSet Of(IReadOnlyList<Tensor> tensors) => new(
        new ObservationEmbedding(tensors[0], tensors[1]),
        tensors[2].DetachFromDisposeScope(),
        tensors[3].DetachFromDisposeScope(),
        new ObservationFeatures(tensors[4].DetachFromDisposeScope(), tensors[5].DetachFromDisposeScope()));

    /// <summary>For each observation of the batch: whether all its features are finite.</summary>
    internal bool[] FiniteRows() => Finite.Rows([.. Tensors]);

    public void Dispose()
    {
        Tokens.Dispose();
        PosteriorMean.Dispose();
        PosteriorStd.Dispose();
        Heads.Dispose();
    }
}
