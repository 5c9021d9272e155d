namespace WorldModelActors.Models;

/// <summary>
/// Group normalisation with gain and offset; keys <c>weight</c> [C], <c>bias</c> [C]. Statistics are taken over one batch
/// entry's channels of a group and all trailing axes.
/// </summary>
internal sealed class GroupNormLayer
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly long _groups;
    private readonly double _eps;

    public GroupNormLayer(IWeights weights, int channels, double eps, int groups = 32)
    {
        _weight = weights.Parameter("weight", channels);
        _bias = weights.Parameter("bias", channels);
        _groups = groups;
        _eps = eps;
    }

    /// <summary>[N, C, ...] → the same shape.</summary>
    public Tensor Forward(Tensor x) => F.group_norm(x, _groups, _weight, _bias, _eps);

    /// <summary>SiLU(norm(x)): [N, C, ...] → the same shape.</summary>
    public Tensor ForwardSilu(Tensor x)
    {
        var normed = Forward(x);
        return F.silu(normed, inplace: true);
    }
}
