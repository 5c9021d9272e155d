namespace WorldModelActors.Torch;

/// <summary>Tensors over memory that somebody else owns. TorchSharp cannot wrap it: the elements are copied, and the owner is let go at once.</summary>
public static unsafe class HostMemory
{
    /// <summary>True: tensors have memory of their own.</summary>
    public static bool Copies => true;

    /// <summary>A CPU tensor with the elements at <paramref name="data"/>; <paramref name="owner"/> is disposed when they are copied.</summary>
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
        Fallback.Mapping.Say();
        using var scope = NewDisposeScope();
        var storage = empty([Reach(size, stride)], dtype);
        Copy(data, storage);
        var result = stride.IsEmpty ? storage.reshape([.. size]) : storage.as_strided([.. size], [.. stride]).contiguous();
        (owner as IDisposable)?.Dispose();
        return result.MoveToOuterDisposeScope();
    }

    // A span holds less than 2 GiB; weights may be larger.
    private static void Copy(nint data, Tensor storage)
    {
        const long most = 1L << 28;
        var width = storage.element_size();
        for (var at = 0L; at < storage.numel(); at += most)
        {
            using var part = storage.narrow(0, at, Math.Min(most, storage.numel() - at));
            var bytes = part.bytes;
            new ReadOnlySpan<byte>((byte*)data + (at * width), bytes.Length).CopyTo(bytes);
        }
    }

    // Elements from the first to the last one.
    private static long Reach(ReadOnlySpan<long> size, ReadOnlySpan<long> stride)
    {
        var (last, dense) = (0L, 1L);
        for (var d = size.Length - 1; d >= 0; d--)
        {
            if (size[d] == 0)
                return 0;
            last = checked(last + ((size[d] - 1) * (stride.IsEmpty ? dense : stride[d])));
            dense = checked(dense * size[d]);
        }
        return last + 1;
    }
}
