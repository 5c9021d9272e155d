namespace WorldModelActors.Models;

/// <summary>
/// One entry of the backbone's input or output list: some of a residual block, a spatial and a temporal transformer, a down- or
/// up-sampling, in this order. The children's keys are their positions.
/// </summary>
internal sealed class UNetBlock
{
    private readonly ResBlock? _residual;
    private readonly TemporalTransformer? _temporal;
    private readonly Downsample? _downsample;
    private readonly Upsample? _upsample;

    private UNetBlock(
        ResBlock? residual, SpatialTransformer? spatial, TemporalTransformer? temporal, Downsample? downsample, Upsample? upsample)
    {
        _residual = residual;
        Spatial = spatial;
        _temporal = temporal;
        _downsample = downsample;
        _upsample = upsample;
        Children = [.. new object?[] { residual, spatial, temporal, downsample, upsample }.OfType<object>()];
    }

    /// <summary>The parts that the block has; a part's position is its key.</summary>
    internal IReadOnlyList<object> Children { get; }

    internal ResBlock? ResidualBlock => _residual;

    internal TemporalTransformer? Temporal => _temporal;

    internal Downsample? Downsample => _downsample;

    internal Upsample? Upsample => _upsample;

    /// <summary>The spatial transformer, which needs a context; null where the block has no attention.</summary>
    public SpatialTransformer? Spatial { get; }

    /// <summary>The block ends at half the resolution.</summary>
    public bool IsDownsampling => _downsample is not null;

    /// <summary>The block ends at double the resolution.</summary>
    public bool IsUpsampling => _upsample is not null;

    /// <summary>A block that only halves the resolution.</summary>
    public static UNetBlock Down(IWeights weights, int channels) =>
        new(null, null, null, new Downsample(weights.Scope("0"), channels), null);

    /// <summary>A residual block with or without attention after it, and up-sampling after that.</summary>
    public static UNetBlock Residual(
        IWeights weights, int inChannels, int outChannels, int embedDim, bool attention, bool upsample, int actionTokens, UNetOptions options)
    {
        var next = 1;
        string Child() => $"{next++}";
        return new UNetBlock(
            new ResBlock(weights.Scope("0"), inChannels, outChannels, embedDim),
            attention ? new SpatialTransformer(weights.Scope(Child()), outChannels, actionTokens, options) : null,
            attention
                ? new TemporalTransformer(
                    weights.Scope(Child()), outChannels, outChannels / options.NumHeadChannels, options.NumHeadChannels, options.TransformerDepth)
                : null,
            null,
            upsample ? new Upsample(weights.Scope(Child()), outChannels) : null);
    }

    /// <summary>
    /// Frames [B T, C, h, w] → [B T, C', h', w'].
    /// </summary>
    /// <param name="x">Frame-folded activations.</param>
    /// <param name="activatedEmbedding">SiLU of the timestep embedding [B, E].</param>
    /// <param name="context">What <see cref="Spatial"/> prepared; null without attention.</param>
    public Tensor Forward(Tensor x, Tensor activatedEmbedding, SpatialContext? context)
    {
        using var scope = NewDisposeScope();
        var batch = activatedEmbedding.size(0);
        var y = x;
        if (_residual is not null)
        {
            y = _residual.Forward(y, activatedEmbedding, batch);
        }

        if (Spatial is not null)
        {
            y = Spatial.Forward(y, context!);
        }

        if (_temporal is not null)
        {
            y = _temporal.Forward(y.view(batch, -1, y.size(1), y.size(2), y.size(3))).view(y.shape);
        }

        y = _downsample?.Forward(y) ?? y;
        y = _upsample?.Forward(y) ?? y;
        return y.MoveToOuterDisposeScope();
    }
}
