namespace WorldModelActors.Models.ChannelsLast;

/// <summary>
/// <see cref="UNetBlock"/> on frames [B T, h, w, C]. The constants that its transformers leave out are added by its residual block in
/// advance; their norms take them off again.
/// </summary>
internal sealed class RowUNetBlock
{
    private readonly RowResBlock? _residual;
    private readonly RowSpatialTransformer? _spatial;
    private readonly RowTemporalTransformer? _temporal;
    private readonly Tensor? _spatialShift;
    private readonly Tensor? _temporalShift;
    private readonly RowConvolution? _downsample;
    private readonly Tensor? _downsampleBias;
    private readonly RowConvolution? _upsample;

    public RowUNetBlock(TensorOwner owner, UNetBlock block)
        : this(owner, block.ResidualBlock, block.Spatial, block.Temporal)
    {
        using var scope = NewDisposeScope();
        _downsample = block.Downsample is { } down ? new RowConvolution(owner, down.Convolution) : null;
        _downsampleBias = _downsample is null ? null : owner.Keep(_downsample.Bias.clone());
        _upsample = block.Upsample is { } up ? new RowConvolution(owner, up.Convolution) : null;
        PendingBias = _upsample is null ? null : owner.Keep(_upsample.Bias.clone());
    }

    public RowUNetBlock(TensorOwner owner, ResBlock? residual, SpatialTransformer? spatial, TemporalTransformer? temporal)
    {
        using var scope = NewDisposeScope();
        Tensor? constant = null;
        if (spatial is not null && temporal is not null)
        {
            _spatial = new RowSpatialTransformer(owner, spatial);
            _temporal = new RowTemporalTransformer(owner, temporal);
            constant = _spatial.Constant.add(_temporal.Constant);
            _spatialShift = owner.Keep(constant.neg());
            _temporalShift = owner.Keep(_temporal.Constant.neg());
        }

        _residual = residual is null ? null : new RowResBlock(owner, residual, constant);
    }

    /// <summary>Float32 [C']: what the result of <see cref="Forward"/> lacks; null: nothing.</summary>
    public Tensor? PendingBias { get; }

    /// <summary>Frames [B T, h, w, C] → [B T, h', w', C'], without <see cref="PendingBias"/>.</summary>
    public Tensor Forward(Tensor x, Tensor activatedEmbedding, SpatialContext? context, long batch)
    {
        using var scope = NewDisposeScope();
        var y = _residual?.Forward(x, activatedEmbedding, batch) ?? x;
        if (_spatial is not null)
        {
            _spatial.AddTo(y, _spatialShift!, context!);
            _temporal!.AddTo(y, _temporalShift, batch);
        }

        if (_downsample is not null)
        {
            y = FusedKernels.AddBias_(_downsample.Forward(y), _downsampleBias!);
        }

        if (_upsample is not null)
        {
            // Nearest neighbour.
            y = _upsample.Forward(FusedKernels.Enlarge(y));
        }

        return y.MoveToOuterDisposeScope();
    }
}
