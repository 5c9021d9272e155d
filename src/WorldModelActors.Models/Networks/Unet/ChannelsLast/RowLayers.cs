namespace WorldModelActors.Models.ChannelsLast;

/// <summary>
/// A linear layer for rows [..., C]. <see cref="AddTo"/> leaves the bias out, so that the product can be added to the residual stream
/// inside the matrix multiplication; who uses it accounts for the bias.
/// </summary>
internal sealed class RowLinear
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly Tensor _transposed;

    public RowLinear(TensorOwner owner, Tensor weight, Tensor? bias)
    {
        // A convolution of kernel 1 carries axes of size 1.
        _weight = owner.Keep(weight.view(weight.size(0), weight.size(1)));
        _transposed = owner.Keep(_weight.transpose(0, 1));
        _bias = bias;
    }

    public RowLinear(TensorOwner owner, LinearLayer layer)
        : this(owner, layer.Weight, layer.Bias)
    {
    }

    /// <summary>Float32 [out]; zeros where the layer has none.</summary>
    public Tensor Bias => _bias?.@float() ?? zeros([_weight.size(0)], ScalarType.Float32, _weight.device);

    /// <summary>W b, the bias that a bias b of the input turns into, plus the layer's own: float32 [out].</summary>
    public Tensor BiasThrough(Tensor inputBias) => _weight.@float().matmul(inputBias).add_(Bias);

    /// <summary>[..., in] → [..., out].</summary>
    public Tensor Forward(Tensor x)
    {
        using var part = PartClock.Measure(UNetPart.Linear);
        return F.linear(x, _weight, _bias);
    }

    /// <summary>sum += x Wᵀ, without the bias: [..., out] and [..., in].</summary>
    public void AddTo(Tensor sum, Tensor x)
    {
        using var scope = NewDisposeScope();
        using var part = PartClock.Measure(UNetPart.Linear);
        FusedKernels.AddMatmul_(sum.view(-1, _weight.size(0)), x.view(-1, _weight.size(1)), _transposed);
    }
}

/// <summary>A convolution of frames [N, h, w, C] without its bias, which the next norm or addition takes in.</summary>
internal sealed class RowConvolution
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly long[] _stride;
    private readonly long[] _padding;

    public RowConvolution(TensorOwner owner, Tensor weight, Tensor? bias, long[] stride, long[] padding)
    {
        _weight = owner.Keep(weight.Contiguous(MemoryFormat.ChannelsLast));
        _bias = bias;
        _stride = stride;
        _padding = padding;
    }

    public RowConvolution(TensorOwner owner, Conv2dLayer layer)
        : this(owner, layer.Weight, layer.Bias, layer.Stride, layer.Padding)
    {
    }

    /// <summary>Float32 [out].</summary>
    public Tensor Bias => _bias!.@float();

    /// <summary>[N, h, w, in] → [N, h', w', out], without the bias.</summary>
    public Tensor Forward(Tensor x) => Convolve(x, null);

    /// <summary>[N, h, w, in] → [N, h', w', out], with the bias.</summary>
    public Tensor ForwardWithBias(Tensor x) => Convolve(x, _bias);

    private Tensor Convolve(Tensor x, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        using var part = PartClock.Measure(_weight.size(3) == 1 ? UNetPart.TemporalConvolution : UNetPart.Convolution);
        return F.conv2d(x.permute(0, 3, 1, 2), _weight, bias, _stride, _padding).permute(0, 2, 3, 1).contiguous().MoveToOuterDisposeScope();
    }
}

/// <summary>A group norm for rows.</summary>
internal sealed class RowGroupNorm(GroupNormLayer layer)
{
    /// <summary>norm(x + shift): rows [..., C] in <paramref name="samples"/> shares; shift float32 [M, C] or null.</summary>
    public Tensor Forward(Tensor x, long samples, Tensor? shift = null, bool silu = false)
    {
        using var part = PartClock.Measure(UNetPart.GroupNorm);
        return FusedKernels.GroupNorm(x, shift, layer.Weight, layer.Bias, samples, layer.Groups, layer.Epsilon, silu);
    }
}

/// <summary>A layer norm for rows.</summary>
internal sealed class RowLayerNorm(LayerNormLayer layer)
{
    /// <summary>norm(x + shift): rows [..., C]; shift float32 [C] or null.</summary>
    public Tensor Forward(Tensor x, Tensor? shift = null)
    {
        using var part = PartClock.Measure(UNetPart.LayerNorm);
        return FusedKernels.HasLayerNorm(x.size(-1))
            ? FusedKernels.LayerNorm(x, shift, layer.Weight, layer.Bias, layer.Epsilon)
            : layer.Forward(shift is null ? x : x.add(shift.to(x.dtype)));
    }
}

/// <summary>GEGLU and its projection, added to the residual stream without the projection's bias.</summary>
internal sealed class RowFeedForward
{
    private readonly RowLinear _expand;
    private readonly RowLinear _project;
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly bool _inOne;

    public RowFeedForward(TensorOwner owner, FeedForward layer)
    {
        _expand = new RowLinear(owner, layer.Expand);
        _project = new RowLinear(owner, layer.Project);
        (_weight, _bias) = (layer.Expand.Weight, layer.Expand.Bias);
        _inOne = _bias is not null && FusedKernels.HasLinearGeglu(_weight);
    }

    /// <summary>The bias that <see cref="AddTo"/> leaves out: float32 [C].</summary>
    public Tensor Bias => _project.Bias;

    /// <summary>sum += project(geglu(expand(x))), without the last bias: [..., C].</summary>
    public void AddTo(Tensor sum, Tensor x)
    {
        using var scope = NewDisposeScope();
        using var part = PartClock.Measure(UNetPart.FeedForward);
        _project.AddTo(sum, Gated(x));
    }

    private Tensor Gated(Tensor x) =>
        _inOne && KernelSwitches.GegluProduct.IsOn ? FusedKernels.LinearGeglu(x, _weight, _bias!) : FusedKernels.Geglu(_expand.Forward(x));
}
