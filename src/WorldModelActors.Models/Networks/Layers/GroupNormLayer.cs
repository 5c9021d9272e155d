namespace WorldModelActors.Models;

/// <summary>
/// Group normalisation with gain and offset; keys <c>weight</c> [C], <c>bias</c> [C]. Statistics are taken over one batch
/// entry's channels of a group and all trailing axes.
/// </summary>
internal sealed class GroupNormLayer
{
    /// <summary>
    /// From this many positions on, libtorch's CPU kernel for channels-last tensors sums positions instead of groups in parallel: fast, but
    /// the threads share out the positions of all batch entries together.
    /// </summary>
    public const long ChannelsLastPositions = 1024;

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
        x.numel() == x.size(0) * _groups ? Offset(x)
        : HasKernel(x) ? OnRows(x, silu: false)
        : NeedsSingleRows(x) ? ByRow(x)
        : F.group_norm(x, _groups, _weight, _bias, _eps);

    /// <summary>SiLU(norm(x)): [N, C, ...] → the same shape.</summary>
    public Tensor ForwardSilu(Tensor x)
    {
        if (HasKernel(x))
        {
            return OnRows(x, silu: true);
        }

        var normed = Forward(x);
        return F.silu(normed, inplace: true);
    }

    private static bool NeedsSingleRows(Tensor x) =>
        x.dim() == 4 && x.size(0) > 1 && x.device.type == DeviceType.CPU && x.size(1) > 1 && x.stride()[1] == 1
        && x.size(2) * x.size(3) >= ChannelsLastPositions;

    /// <summary>
    /// One batch entry at a time: in a common call the share of one thread may end in the middle of an entry, whose sum then rounds
    /// otherwise than its neighbours', so that a sample's result would depend on its place in the batch.
    /// </summary>
    private Tensor ByRow(Tensor x)
    {
        using var scope = NewDisposeScope();
        var rows = new Tensor[x.size(0)];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = F.group_norm(x.narrow(0, i, 1), _groups, _weight, _bias, _eps);
        }

        return cat(rows, 0).MoveToOuterDisposeScope();
    }

    /// <summary>libtorch's CUDA kernel would first copy channels-last pictures to channels first.</summary>
    internal static bool HasKernel(Tensor x) =>
        x.dim() == 4 && x.device.type == DeviceType.CUDA && x.dtype is ScalarType.Float16 or ScalarType.BFloat16 && FusedKernels.Exist
        && x.size(1) % 8 == 0 && x.IsContiguous(MemoryFormat.ChannelsLast);

    /// <summary>SiLU(norm(x + shift)) where <see cref="HasKernel"/> says so: [N, C, H, W], channels last, and float32 [C].</summary>
    internal Tensor ForwardSilu(Tensor x, Tensor shift) => OnRows(x, silu: true, shift);

    /// <summary>[N, C, H, W], channels last → the same shape and layout.</summary>
    private Tensor OnRows(Tensor x, bool silu, Tensor? shift = null)
    {
        using var rows = x.permute(0, 2, 3, 1);
        using var normed = FusedKernels.GroupNorm(rows, shift, _weight, _bias, x.size(0), _groups, _eps, silu);
        return normed.permute(0, 3, 1, 2);
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
