using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

public static partial class torch
{
    /// <summary>Version of the libtorch that the shim was built against.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(NativeMethods.wma_torch_version()) ?? "unknown";

    /// <summary>Joins tensors along a dimension that they have.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Join(Ops.cat, tensors, dim);

    /// <summary>Joins tensors of one shape along a new dimension.</summary>
    public static Tensor stack(IList<Tensor> tensors, long dim = 0) => Join(Ops.stack, tensors, dim);

    /// <summary>condition ? x : y, element by element.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Ops.where.Call(condition, x, y);

    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    /// <summary>beta * input + alpha * (mat1 @ mat2).</summary>
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
        Ops.addmm.Call(input, mat1, mat2, (Scalar)beta, (Scalar)alpha);

    /// <summary>beta * input + alpha * (batch1 @ batch2), batched.</summary>
    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
        Ops.baddbmm.Call(input, batch1, batch2, (Scalar)beta, (Scalar)alpha);

    public static Tensor exp(Tensor input) => input.exp();

    public static Tensor sqrt(Tensor input) => input.sqrt();

    public static Tensor tanh(Tensor input) => input.tanh();

    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

    /// <summary>Seeds the default generators of all devices.</summary>
    public static void manual_seed(long seed) => NativeMethods.Check(NativeMethods.wma_manual_seed((ulong)seed), "manual_seed");

    /// <summary>Threads that one operator may use on the CPU.</summary>
    public static void set_num_threads(int num)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(num, 1);
        NativeMethods.Check(NativeMethods.wma_set_num_threads(num), $"set_num_threads({num})");
    }

    public static int get_num_threads() => NativeMethods.wma_get_num_threads();

    /// <summary>Only deterministic algorithms; operators that have none fail.</summary>
    public static void use_deterministic_algorithms(bool mode) =>
        NativeMethods.Check(NativeMethods.wma_set_deterministic(mode ? 1 : 0), "use_deterministic_algorithms");

    /// <summary>Everything here runs in inference mode; the guard exists so that sources read as with TorchSharp.</summary>
    public static IDisposable inference_mode(bool mode = true) => InferenceGuard.Instance;

    /// <inheritdoc cref="inference_mode"/>
    public static IDisposable no_grad() => InferenceGuard.Instance;

    private static unsafe Tensor Join(Operator op, IList<Tensor> tensors, long dim)
    {
        const int OnStack = 64;
        var count = tensors.Count;
        var handles = count <= OnStack ? stackalloc nint[OnStack] : new nint[count];
        for (var i = 0; i < count; i++)
            handles[i] = tensors[i].Handle;
        fixed (nint* p = handles)
            return op.Call(Arg.Tensors(p, count), dim);
    }

    private sealed class InferenceGuard : IDisposable
    {
        internal static readonly InferenceGuard Instance = new();

        public void Dispose()
        {
        }
    }
}
