namespace WorldModelActors.Torch;

/// <summary>
/// Our own CUDA kernels are a part of the native shim; with TorchSharp the operators of libtorch give the same result. What is an operator of
/// libtorch itself is here; the others say that they are not.
/// </summary>
public static class FusedKernels
{
    /// <summary>Frames that <see cref="FrameAttention"/> is made for.</summary>
    public const long Frames = 16;

    /// <summary>Width of a head that <see cref="FrameAttention"/> and <see cref="BranchAttention"/> are made for.</summary>
    public const long HeadWidth = 64;

    /// <summary>Most branches of <see cref="BranchAttention"/>.</summary>
    public const int MostBranches = 4;

    /// <summary>False: networks take libtorch's operators.</summary>
    public static bool Exist => false;

    /// <summary>False: there is no kernel for any width.</summary>
    public static bool HasLayerNorm(long channels) => false;

    /// <summary>Not without the shim.</summary>
    public static Tensor GroupNorm(Tensor x, Tensor? shift, Tensor weight, Tensor bias, long samples, long groups, double eps, bool silu) => throw Absent(nameof(GroupNorm));

    /// <summary>Not without the shim.</summary>
    public static Tensor LayerNorm(Tensor x, Tensor? shift, Tensor weight, Tensor bias, double eps) => throw Absent(nameof(LayerNorm));

    /// <summary>Not without the shim.</summary>
    public static Tensor FrameAttention(Tensor qkv, long heads) => throw Absent(nameof(FrameAttention));

    /// <summary>Not without the shim.</summary>
    public static Tensor KeyPoints(Tensor logits, Tensor x, Tensor y, Tensor temperature) => throw Absent(nameof(KeyPoints));

    /// <summary>Not without the shim.</summary>
    public static Tensor BranchAttention(Tensor query, Tensor[] keys, Tensor[] values, long[] seen, long frames) => throw Absent(nameof(BranchAttention));

    /// <summary>Not without the shim.</summary>
    public static Tensor Geglu(Tensor x) => throw Absent(nameof(Geglu));

    /// <summary>Not without the shim.</summary>
    public static Tensor AddWithBias_(Tensor self, Tensor other, Tensor bias) => throw Absent(nameof(AddWithBias_));

    /// <summary>False: there is no kernel for any weight.</summary>
    public static bool HasLinearGeglu(Tensor weight) => false;

    /// <summary>Not without the shim.</summary>
    public static Tensor LinearGeglu(Tensor x, Tensor weight, Tensor bias) => throw Absent(nameof(LinearGeglu));

    /// <summary>Not without the shim.</summary>
    public static Tensor AddBias_(Tensor self, Tensor bias) => throw Absent(nameof(AddBias_));

    /// <summary>Not without the shim.</summary>
    public static Tensor Join(Tensor a, Tensor? bias, Tensor b) => throw Absent(nameof(Join));

    /// <summary>Not without the shim.</summary>
    public static Tensor Enlarge(Tensor x) => throw Absent(nameof(Enlarge));

    /// <summary>self += a b: [n, m] + [n, k] x [k, m], rounded once.</summary>
    public static Tensor AddMatmul_(Tensor self, Tensor a, Tensor b) => self.addmm_(a, b, 1, 1);

    private static NotSupportedException Absent(string kernel) => new($"TorchSharp has no kernel {kernel}; ask FusedKernels.Exist first");
}
