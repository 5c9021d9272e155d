namespace WorldModelActors.Models;

/// <summary>
/// Perceiver resampler (Jaegle et al., "Perceiver", 2021; Alayrac et al., "Flamingo", 2022): learned latents read the input
/// tokens in <c>Depth</c> layers of cross attention and feed-forward, each residual; then <c>proj_out</c> and
/// <c>norm_out</c>. Keys <c>latents, [proj_in], layers.N.{0,1}, proj_out, norm_out</c>.
/// </summary>
internal sealed class Perceiver
{
    private readonly Tensor _latents;
    private readonly LinearLayer? _projIn;
    private readonly List<Layer> _layers = [];
    private readonly LinearLayer _projOut;
    private readonly LayerNormLayer _normOut;

    public Perceiver(IWeights weights, PerceiverOptions options)
    {
        _latents = weights.Parameter("latents", 1, options.Latents, options.Dim);
        _projIn = options.InputDim is { } inputDim ? new LinearLayer(weights.Scope("proj_in"), inputDim, options.Dim) : null;
        for (var layer = 0; layer < options.Depth; layer++)
        {
            _layers.Add(new Layer(
                new PerceiverAttention(weights.Scope($"layers.{layer}.0"), options.Dim, options.DimHead, options.Heads),
                new PerceiverFeedForward(
                    weights.Scope($"layers.{layer}.1"), options.Dim, options.FfMult * options.Dim, options.TanhGelu)));
        }

        _projOut = new LinearLayer(weights.Scope("proj_out"), options.Dim, options.OutputDim);
        _normOut = new LayerNormLayer(weights.Scope("norm_out"), options.OutputDim);
    }

    /// <summary>Tokens [N, n, InputDim] → [N, Latents, OutputDim].</summary>
    public Tensor Forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var x = _projIn is null ? tokens : _projIn.Forward(tokens);
        // One row for all batch entries until the first layer has read the tokens: its query, and the keys and values of
        // the latents themselves, are the same for every entry.
        var latents = _latents;
        foreach (var layer in _layers)
        {
            latents = layer.Attention.Forward(x, latents).add_(latents);
            latents = layer.FeedForward.Forward(latents).add_(latents);
        }

        return _normOut.Forward(_projOut.Forward(latents)).MoveToOuterDisposeScope();
    }

    private sealed record Layer(PerceiverAttention Attention, PerceiverFeedForward FeedForward);
}
