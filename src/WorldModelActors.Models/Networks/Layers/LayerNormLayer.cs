namespace WorldModelActors.Models;

/// <summary>Layer normalisation over the last axis (eps 1e-5) with gain and offset; keys <c>weight</c> [width], <c>bias</c> [width].</summary>
internal sealed class LayerNormLayer
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly long[] _shape;
    private readonly double _eps;

    public LayerNormLayer(IWeights weights, int width, double eps = 1e-5)
    {
        _weight = weights.Parameter("weight", width);
        _bias = weights.Parameter("bias", width);
        _shape = [width];
        _eps = eps;
    }

    /// <summary>[width].</summary>
    internal Tensor Weight => _weight;

    /// <summary>[width].</summary>
    internal Tensor Bias => _bias;

    /// <summary>Added to the variance.</summary>
    internal double Epsilon => _eps;

    /// <summary>[..., width] → the same shape.</summary>
    public Tensor Forward(Tensor x) => F.layer_norm(x, _shape, _weight, _bias, _eps);
}
