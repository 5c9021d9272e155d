namespace WorldModelActors.Models;

/// <summary>2-D convolution; keys <c>weight</c> [out, in, k, k] and, unless <c>bias: false</c>, <c>bias</c> [out].</summary>
internal sealed class Conv2dLayer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;
    private readonly long[] _stride;
    private readonly long[] _padding;

    public Conv2dLayer(IWeights weights, int inChannels, int outChannels, int kernel, int stride = 1, int padding = 0, bool bias = true)
    {
        _weight = weights.Parameter("weight", outChannels, inChannels, kernel, kernel);
        _bias = bias ? weights.Parameter("bias", outChannels) : null;
        _stride = [stride, stride];
        _padding = [padding, padding];
    }

    /// <summary>[out, in, k, k].</summary>
    internal Tensor Weight => _weight;

    /// <summary>[out], or null.</summary>
    internal Tensor? Bias => _bias;

    /// <summary>Rows and columns from one window to the next.</summary>
    internal long[] Stride => _stride;

    /// <summary>Zeros around the input.</summary>
    internal long[] Padding => _padding;

    /// <summary>Element type of the weights.</summary>
    public ScalarType Type => _weight.dtype;

    /// <summary>[N, in, H, W] → [N, out, H', W'], without the bias: libtorch adds it in a pass of its own.</summary>
    public Tensor ForwardWithoutBias(Tensor x) => F.conv2d(x, _weight, null, _stride, _padding);

    /// <summary>[N, in, H, W] → [N, out, H', W'].</summary>
    public Tensor Forward(Tensor x) => F.conv2d(x, _weight, _bias, _stride, _padding);
}
