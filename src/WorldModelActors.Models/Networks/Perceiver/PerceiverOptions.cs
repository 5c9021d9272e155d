namespace WorldModelActors.Models;

/// <summary>Sizes of a perceiver: what the image resampler and the action token projector differ in.</summary>
/// <param name="Dim">Width of the latents.</param>
/// <param name="Depth">Layers.</param>
/// <param name="DimHead">Width of one attention head.</param>
/// <param name="Heads">Attention heads; heads * DimHead may differ from Dim.</param>
/// <param name="Latents">Learned queries, which are the output tokens.</param>
/// <param name="OutputDim">Width of the output tokens.</param>
/// <param name="FfMult">Hidden width of the feed-forward part over Dim.</param>
/// <param name="InputDim">Width of the input tokens where <c>proj_in</c> brings them to Dim; null: they have Dim, no <c>proj_in</c>.</param>
/// <param name="TanhGelu">GELU by the tanh approximation instead of the exact one.</param>
internal sealed record PerceiverOptions(
    int Dim, int Depth, int DimHead, int Heads, int Latents, int OutputDim, int FfMult, int? InputDim, bool TanhGelu);
