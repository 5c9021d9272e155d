namespace WorldModelActors.Models;

/// <summary>
/// Residual block of the backbone: GroupNorm SiLU conv, plus the projected timestep embedding, GroupNorm SiLU conv, plus the
/// (projected) input; then the temporal convolution block. Keys <c>in_layers.{0,2}, emb_layers.1, out_layers.{0,3},
/// [skip_connection], temopral_conv</c> (spelled so in checkpoints).
/// </summary>
internal sealed class ResBlock
{
    private readonly GroupNormLayer _normIn;
    private readonly Conv2dLayer _convIn;
    private readonly LinearLayer _embedding;
    private readonly GroupNormLayer _normOut;
    private readonly Conv2dLayer _convOut;
    private readonly Conv2dLayer? _skip;
    private readonly TemporalConvBlock _temporal;

    public ResBlock(IWeights weights, int inChannels, int outChannels, int embedDim)
    {
        _normIn = new GroupNormLayer(weights.Scope("in_layers.0"), inChannels, 1e-5);
        _convIn = new Conv2dLayer(weights.Scope("in_layers.2"), inChannels, outChannels, 3, padding: 1);
        _embedding = new LinearLayer(weights.Scope("emb_layers.1"), embedDim, outChannels);
        _normOut = new GroupNormLayer(weights.Scope("out_layers.0"), outChannels, 1e-5);
        _convOut = new Conv2dLayer(weights.Scope("out_layers.3"), outChannels, outChannels, 3, padding: 1);
        _skip = inChannels == outChannels ? null : new Conv2dLayer(weights.Scope("skip_connection"), inChannels, outChannels, 1);
        _temporal = new TemporalConvBlock(weights.Scope("temopral_conv"), outChannels);
        (InChannels, OutChannels) = (inChannels, outChannels);
    }

    internal GroupNormLayer NormIn => _normIn;

    internal Conv2dLayer ConvIn => _convIn;

    internal LinearLayer Embedding => _embedding;

    internal GroupNormLayer NormOut => _normOut;

    internal Conv2dLayer ConvOut => _convOut;

    internal Conv2dLayer? Skip => _skip;

    /// <summary>Channels C that come in.</summary>
    public int InChannels { get; }

    /// <summary>Channels C' that go out.</summary>
    public int OutChannels { get; }

    /// <summary>The convolution over frames at the end of the block.</summary>
    public TemporalConvBlock TemporalConvolution => _temporal;

    /// <summary>
    /// Frames [N, C, h, w] and SiLU(embedding) [M, E], one row for N / M frames in a row each → [N, C', h, w]. The frames of
    /// one of <paramref name="batch"/> samples follow one another; null leaves the temporal convolution out.
    /// </summary>
    public Tensor Forward(Tensor x, Tensor activatedEmbedding, long? batch)
    {
        using var scope = NewDisposeScope();
        var rows = activatedEmbedding.size(0);
        var h = _convIn.Forward(F.silu(_normIn.Forward(x), inplace: true));
        var channels = h.size(1);
        h.view(rows, -1, channels, h.size(2), h.size(3)).add_(_embedding.Forward(activatedEmbedding).view(rows, 1, channels, 1, 1));
        h = _convOut.Forward(F.silu(_normOut.Forward(h), inplace: true));
        h.add_(_skip is null ? x : _skip.Forward(x));
        if (batch is { } samples)
        {
            h = _temporal.Forward(h.view(samples, -1, channels, h.size(2), h.size(3))).view(h.shape);
        }

        return h.MoveToOuterDisposeScope();
    }
}
