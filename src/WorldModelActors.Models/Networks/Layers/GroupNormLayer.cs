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

    /// <summary>[C].</summary>
    internal Tensor Weight => _weight;

    /// <summary>[C].</summary>
    internal Tensor Bias => _bias;

    /// <summary>Groups of channels.</summary>
    internal long Groups => _groups;

    /// <summary>Added to the variance.</summary>
    internal double Epsilon => _eps;

    /// <summary>[N, C, ...] → the same shape.</summary>
    public Tensor Forward(Tensor x) =>
        x.numel() == x.size(0) * _groups ? Offset(x) : F.group_norm(x, _groups, _weight, _bias, _eps);

    /// <summary>SiLU(norm(x)): [N, C, ...] → the same shape.</summary>
    public Tensor ForwardSilu(Tensor x)
    {
        var normed = Forward(x);
        return F.silu(normed, inplace: true);
    }

    /// <summary>
    /// Groups of a single element: it is its own mean, so exactly the offset remains. Computed as scale * x + shift, as libtorch
    /// does, what remains is the rounding of x times 1 / sqrt(eps) = 316, and it changes with the number of threads.
    /// </summary>
    private Tensor Offset(Tensor x)
    {
        using var scope = NewDisposeScope();
        var shape = new long[x.dim()];
        Array.Fill(shape, 1);
        shape[1] = _bias.size(0);
        return _bias.view(shape).expand(x.shape).clone().MoveToOuterDisposeScope();
    }
}
