namespace WorldModelActors.Torch;

/// <summary>
/// Our own CUDA kernels for channels-last activations in float16 or bfloat16 (arithmetic inside is float32). They exist where the
/// shim was built with nvcc; everywhere else the operators of libtorch give the same result. <c>WMA_KERNELS=off</c> in the
/// environment turns them off.
/// </summary>
public static class FusedKernels
{
    /// <summary>Frames that <see cref="FrameAttention"/> is made for.</summary>
    public const long Frames = 16;

    /// <summary>Width of a head that <see cref="FrameAttention"/> and <see cref="BranchAttention"/> are made for.</summary>
    public const long HeadWidth = 64;

    /// <summary>Most branches of <see cref="BranchAttention"/>.</summary>
    public const int MostBranches = 4;

    private static readonly Lazy<bool> s_exist = new(() =>
        Environment.GetEnvironmentVariable("WMA_KERNELS") != "off" && cuda.is_available() && Ops.wma_geglu.Exists);

    /// <summary>True where the kernels are there and are not turned off.</summary>
    public static bool Exist => s_exist.Value;

    /// <summary>True for widths that <see cref="LayerNorm"/> has a kernel for.</summary>
    public static bool HasLayerNorm(long channels) => channels is 64 or 128 or 256 or 320 or 512 or 640 or 1024 or 1280;

    /// <summary>
    /// Group normalisation, with SiLU after it where asked: norm(x + shift) * weight + bias. The sums are added in a fixed order.
    /// </summary>
    /// <param name="x">[..., C], contiguous; its rows in <paramref name="samples"/> equal shares.</param>
    /// <param name="shift">Float32 [M, C], added to the rows of samples / M samples in a row each; null: nothing.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="samples">Shares of rows whose statistics are joint.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="silu">x * sigmoid(x) after it.</param>
    public static Tensor GroupNorm(Tensor x, Tensor? shift, Tensor weight, Tensor bias, long samples, long groups, double eps, bool silu) =>
        Ops.wma_group_norm_rows.Call(x, shift, weight, bias, samples, groups, eps, silu);

    /// <summary>Layer normalisation over the last axis: norm(x + shift) * weight + bias.</summary>
    /// <param name="x">[..., C], contiguous.</param>
    /// <param name="shift">Float32 [C]; null: nothing.</param>
    /// <param name="weight">[C].</param>
    /// <param name="bias">[C].</param>
    /// <param name="eps">Added to the variance.</param>
    public static Tensor LayerNorm(Tensor x, Tensor? shift, Tensor weight, Tensor bias, double eps) =>
        Ops.wma_layer_norm_rows.Call(x, shift, weight, bias, eps);

    /// <summary>Self attention over the 16 frames of each position: qkv [B, 16, P, 3 heads 64] → [B, 16, P, heads 64].</summary>
    public static Tensor FrameAttention(Tensor qkv, long heads) => Ops.wma_frame_attention.Call(qkv, heads);

    /// <summary>
    /// Mean coordinates under softmax(logits / temperature) over P positions, in float32 inside: [N, .., K], contiguous → [N, K, 2], x before y.
    /// </summary>
    /// <param name="logits">[N, h, w, K].</param>
    /// <param name="x">Float32, P values.</param>
    /// <param name="y">Float32, P values.</param>
    /// <param name="temperature">Float32, one value.</param>
    public static Tensor KeyPoints(Tensor logits, Tensor x, Tensor y, Tensor temperature) => Ops.wma_key_points.Call(logits, x, y, temperature);

    /// <summary>
    /// The sum over branches of softmax(q kᵀ / 8) v with heads 64 wide, queries read once: [N, L, heads 64] → the same shape.
    /// </summary>
    /// <param name="query">[N, L, heads 64], contiguous; row n belongs to frame n mod <paramref name="frames"/>.</param>
    /// <param name="keys">Of each branch [N or a divisor of it, heads, S, 64], contiguous; rows share one in turn of N / its rows.</param>
    /// <param name="values">As the keys.</param>
    /// <param name="seen">Of each branch: frame t sees the first (t + 1) of so many keys; 0: all of them.</param>
    /// <param name="frames">Frames of a sample.</param>
    public static unsafe Tensor BranchAttention(Tensor query, Tensor[] keys, Tensor[] values, long[] seen, long frames)
    {
        var handles = stackalloc nint[2 * MostBranches];
        for (var i = 0; i < Math.Min(keys.Length, MostBranches); i++)
            (handles[i], handles[MostBranches + i]) = (keys[i].Handle, values[i].Handle);
        fixed (long* s = seen)
        {
            return Ops.wma_branch_attention.Call(
                query, Arg.Tensors(handles, keys.Length), Arg.Tensors(handles + MostBranches, values.Length), Arg.Ints(s, seen.Length), frames);
        }
    }

    /// <summary>value * GELU(gate), GELU in its erf form: [..., 2 C] (value, then gate) → [..., C].</summary>
    public static Tensor Geglu(Tensor x) => Ops.wma_geglu.Call(x);

    /// <summary>
    /// True for weights [2 C, K] that <see cref="LinearGeglu"/> has a kernel for: K divisible by 64 and C by 128, in float16 or bfloat16, on a
    /// device of compute capability 9.0.
    /// </summary>
    public static bool HasLinearGeglu(Tensor weight) => Exist && Ops.wma_linear_geglu_fits.Exists && Ops.wma_linear_geglu_fits.CallScalar(weight).Int != 0;

    /// <summary><see cref="Geglu"/> of x weightᵀ + bias in one kernel, the gate not rounded before it: [..., K] → [..., C].</summary>
    /// <param name="x">[..., K], contiguous.</param>
    /// <param name="weight">[2 C, K], contiguous: value, then gate.</param>
    /// <param name="bias">[2 C].</param>
    public static Tensor LinearGeglu(Tensor x, Tensor weight, Tensor bias) => Ops.wma_linear_geglu.Call(x, weight, bias);

    /// <summary>self += other + bias (float32 [C]), rounded once.</summary>
    public static Tensor AddWithBias_(Tensor self, Tensor other, Tensor bias) => Ops.wma_add_with_bias_.CallInPlace(self, self, other, bias);

    /// <summary>self += bias (float32 [C]), rounded once.</summary>
    public static Tensor AddBias_(Tensor self, Tensor bias) => Ops.wma_add_bias_.CallInPlace(self, self, bias);

    /// <summary>(a + bias, b) along the last axis: [..., A] and [..., B] → [..., A + B]; bias float32 [A] or null.</summary>
    public static Tensor Join(Tensor a, Tensor? bias, Tensor b) => Ops.wma_join_rows.Call(a, bias, b);

    /// <summary>Every row and every column of a picture twice: [N, h, w, C] → [N, 2 h, 2 w, C].</summary>
    public static Tensor Enlarge(Tensor x) => Ops.wma_enlarge_rows.Call(x);

    /// <summary>self += a b: [n, m] + [n, k] x [k, m], rounded once.</summary>
    public static Tensor AddMatmul_(Tensor self, Tensor a, Tensor b) => Ops.addmm_.CallInPlace(self, self, a, b);
}
