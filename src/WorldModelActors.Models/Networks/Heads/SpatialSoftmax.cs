namespace WorldModelActors.Models;

/// <summary>
/// Expected image coordinates of learned key points (Finn et al., "Deep spatial autoencoders", 2016): a 1x1 convolution, softmax over
/// all pixels, then the mean x and y on a grid of [-1, 1]. Keys <c>nets</c> and buffers <c>pos_x, pos_y</c> [1, h w], <c>temperature</c> [1].
/// </summary>
internal sealed class SpatialSoftmax
{
    private readonly Conv2dLayer _keyPoints;
    private readonly Tensor _x;
    private readonly Tensor _y;
    private readonly Tensor _temperature;
    private readonly (int Height, int Width) _size;

    public SpatialSoftmax(IWeights weights, int channels, int keyPoints, (int Height, int Width) size)
    {
        _size = size;
        _temperature = weights.Buffer("temperature", 1);
        _x = weights.Buffer("pos_x", 1, (long)size.Height * size.Width);
        _y = weights.Buffer("pos_y", 1, (long)size.Height * size.Width);
        _keyPoints = new Conv2dLayer(weights.Scope("nets"), channels, keyPoints, 1);
    }

    /// <summary>Declares that the block <paramref name="last"/> of a list stands in it under the index <paramref name="earlier"/> too.</summary>
    public static void DeclareRepeated(IWeights blocks, int last, int earlier, int channels, int keyPoints, (int Height, int Width) size)
    {
        var pixels = (long)size.Height * size.Width;
        void Repeated(string name, params ReadOnlySpan<long> shape) => blocks.Repeated($"{last}.{name}", $"{earlier}.{name}", shape);
        Repeated("temperature", 1);
        Repeated("pos_x", 1, pixels);
        Repeated("pos_y", 1, pixels);
        Repeated("nets.weight", keyPoints, channels, 1, 1);
        Repeated("nets.bias", keyPoints);
    }

    /// <summary>[N, C, h, w] → [N, K, 2], x before y. Computed in float32 from the logits on.</summary>
    /// <exception cref="ModelInputException">The resolution is not the one that the coordinate grid was made for.</exception>
    public Tensor Forward(Tensor x)
    {
        if (x.size(2) != _size.Height || x.size(3) != _size.Width)
        {
            throw new ModelInputException(
                $"the heads' coordinate grid is made for {_size.Height}x{_size.Width} features, got {x.size(2)}x{x.size(3)}: use the resolution of the model's configuration");
        }

        using var scope = NewDisposeScope();
        if (HasKernel(x))
        {
            // Rows of channels, over which the 1x1 convolution is a matrix product.
            var rows = F.linear(x.permute(0, 2, 3, 1), _keyPoints.Weight.flatten(1), _keyPoints.Bias);
            return FusedKernels.KeyPoints(rows, _x, _y, _temperature).MoveToOuterDisposeScope();
        }

        var logits = _keyPoints.Forward(x);
        var attention = logits.flatten(2).to(ScalarType.Float32).div_(_temperature).softmax(-1);
        var grid = cat([_x, _y], 0).transpose(0, 1);
        return attention.matmul(grid).to(logits.dtype).MoveToOuterDisposeScope();
    }

    private bool HasKernel(Tensor x) =>
        KernelSwitches.KeyPoints.IsOn && x.device.type == DeviceType.CUDA && x.dtype is ScalarType.Float16 or ScalarType.BFloat16 && FusedKernels.Exist
        && _keyPoints.Weight.size(0) % 8 == 0 && x.IsContiguous(MemoryFormat.ChannelsLast);
}
