namespace WorldModelActors.Models;

/// <summary>
/// Image token resampler (upstream <c>Resampler</c>): CLIP image tokens to NumQueries * VideoLength context tokens, NumQueries
/// for each frame. Keys below <c>image_proj_model.</c>
/// </summary>
public sealed class Resampler
{
    private readonly Perceiver _perceiver;

    public Resampler(IWeights weights, ResamplerOptions options)
        => _perceiver = new Perceiver(weights, new PerceiverOptions(
            options.Dim, options.Depth, options.DimHead, options.Heads, options.NumQueries * options.VideoLength,
            options.OutputDim, options.FfMult, options.EmbeddingDim, TanhGelu: false));

    /// <summary>Image tokens [N, n, EmbeddingDim] → [N, 256, D].</summary>
    public Tensor Forward(Tensor imageTokens) => _perceiver.Forward(imageTokens);
}
