namespace WorldModelActors.Models;

/// <summary>A linear layer over the channels whose checkpoint weight is [out, in] or, from a Conv1d of kernel 1, [out, in, 1].</summary>
internal sealed class PointwiseProjection
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly bool _isConvolution;

    public PointwiseProjection(IWeights weights, int inFeatures, int outFeatures, bool isConvolution)
    {
        _isConvolution = isConvolution;
        _weight = isConvolution
            ? weights.Parameter("weight", outFeatures, inFeatures, 1)
            : weights.Parameter("weight", outFeatures, inFeatures);
        _bias = weights.Parameter("bias", outFeatures);
    }

    /// <summary>[out, in], or [out, in, 1] from a convolution.</summary>
    internal Tensor Weight => _weight;

    /// <summary>[out].</summary>
    internal Tensor Bias => _bias;

    /// <summary>[..., in] → [..., out].</summary>
    public Tensor Forward(Tensor x)
    {
        if (!_isConvolution)
        {
            return F.linear(x, _weight, _bias);
        }

        using var matrix = _weight.squeeze(-1);
        return F.linear(x, matrix, _bias);
    }
}
