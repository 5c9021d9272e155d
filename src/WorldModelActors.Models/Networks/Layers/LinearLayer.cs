namespace WorldModelActors.Models;

/// <summary>y = x Wᵀ + b over the last axis; keys <c>weight</c> [out, in] and, unless <c>bias: false</c>, <c>bias</c> [out].</summary>
internal sealed class LinearLayer
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    public LinearLayer(IWeights weights, int inFeatures, int outFeatures, bool bias = true)
    {
        _weight = weights.Parameter("weight", outFeatures, inFeatures);
        _bias = bias ? weights.Parameter("bias", outFeatures) : null;
    }

    /// <summary>[out, in].</summary>
    internal Tensor Weight => _weight;

    /// <summary>[out], or null.</summary>
    internal Tensor? Bias => _bias;

    /// <summary>Element type of the weights.</summary>
    public ScalarType Type => _weight.dtype;

    /// <summary>[..., in] → [..., out].</summary>
    public Tensor Forward(Tensor x) => F.linear(x, _weight, _bias);
}
