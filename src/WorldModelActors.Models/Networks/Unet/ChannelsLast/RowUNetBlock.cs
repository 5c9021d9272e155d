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
    private readonly RowConvolution? _upsample;

    public RowUNetBlock(TensorOwner owner, UNetBlock block)
        : this(owner, block.ResidualBlock, block.Spatial, block.Temporal)
    {
        _downsample = block.Downsample is { } down ? new RowConvolution(owner, down.Convolution) : null;
        _upsample = block.Upsample is { } up ? new RowConvolution(owner, up.Convolution) : null;
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

    /// <summary>Frames [B T, h, w, C] → [B T, h', w', C'].</summary>
    public Tensor Forward(Tensor x, Tensor activatedEmbedding, SpatialContext? context, long batch)
    {
        using var scope = NewDisposeScope();
        var y = _residual?.Forward(x, activatedEmbedding, batch) ?? x;
        if (_spatial is not null)
        {
            _spatial.AddTo(y, _spatialShift!, context!);
            _temporal!.AddTo(y, _temporalShift, batch);
        }

        y = _downsample?.ForwardWithBias(y) ?? y;
        if (_upsample is not null)
        {
            var (rows, height, width, channels) = (y.size(0), y.size(1), y.size(2), y.size(3));
            // Nearest neighbour: every row and every column twice.
            var twice = y.view(rows, height, 1, width, 1, channels).expand(rows, height, 2, width, 2, channels).reshape(rows, 2 * height, 2 * width, channels);
            y = _upsample.ForwardWithBias(twice);
        }

        return y.MoveToOuterDisposeScope();
    }
}
