using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>Tensors over memory that somebody else owns (a mapped file, a pooled buffer).</summary>
public static unsafe class HostMemory
{
    /// <summary>False: tensors lie on the memory itself.</summary>
    public static bool Copies => false;

    /// <summary>
    /// A CPU tensor over <paramref name="data"/> without a copy. <paramref name="owner"/> is kept alive until libtorch drops
    /// its last reference, and disposed then (on whatever thread that is) where it is <see cref="IDisposable"/>; its disposal
    /// must not throw. Where the call fails, the owner stays the caller's.
    /// </summary>
    /// <param name="data">Address of the first element, aligned to the element size.</param>
    /// <param name="size">Sizes.</param>
    /// <param name="stride">Strides in elements; empty for a dense tensor.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="owner">Whatever keeps the memory valid.</param>
    public static Tensor Wrap(nint data, ReadOnlySpan<long> size, ReadOnlySpan<long> stride, ScalarType dtype, object? owner)
    {
        if (stride.Length != 0 && stride.Length != size.Length)
            throw new ArgumentException($"{stride.Length} strides do not fit {size.Length} dimensions", nameof(stride));
        if (data == 0 && !size.Contains(0L))
            throw new ArgumentException("no address for a tensor that has elements", nameof(data));
        var context = owner is null ? 0 : GCHandle.ToIntPtr(GCHandle.Alloc(owner));
        nint handle;
        fixed (long* s = size)
        fixed (long* st = stride)
        {
            // An empty span pins to null, which for sizes of rank 0 is right and for strides means "dense".
            var none = 0L;
            handle = NativeMethods.wma_tensor_from_blob(
                data, s is null ? &none : s, stride.IsEmpty ? null : st, size.Length, (int)dtype, context == 0 ? null : &Release, context);
        }
        if (handle == 0)
        {
            if (context != 0)
                GCHandle.FromIntPtr(context).Free();
            throw TorchException.FromNative("from_blob", NativeMethods.LastError());
        }
        return new Tensor(handle);
    }

    [UnmanagedCallersOnly]
    private static void Release(nint context)
    {
        var handle = GCHandle.FromIntPtr(context);
        (handle.Target as IDisposable)?.Dispose();
        handle.Free();
    }
}
