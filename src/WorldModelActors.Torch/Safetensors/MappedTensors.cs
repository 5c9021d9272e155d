namespace WorldModelActors.Torch;

/// <summary>CPU tensors that lie directly on a mapped file.</summary>
public static class MappedTensors
{
    /// <summary>libtorch's scalar type of a stored element type; null where libtorch cannot compute with it.</summary>
    public static ScalarType? ToScalarType(this ElementType type) => type switch
    {
        ElementType.Bool => ScalarType.Bool,
        ElementType.UInt8 => ScalarType.Byte,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Float32 => ScalarType.Float32,
        ElementType.Float64 => ScalarType.Float64,
        _ => null,
    };

    /// <summary>The stored element type of a scalar type.</summary>
    public static ElementType ToElementType(this ScalarType type) => type switch
    {
        ScalarType.Bool => ElementType.Bool,
        ScalarType.Byte => ElementType.UInt8,
        ScalarType.Int8 => ElementType.Int8,
        ScalarType.Int16 => ElementType.Int16,
        ScalarType.Int32 => ElementType.Int32,
        ScalarType.Int64 => ElementType.Int64,
        ScalarType.Float16 => ElementType.Float16,
        ScalarType.BFloat16 => ElementType.BFloat16,
        ScalarType.Float32 => ElementType.Float32,
        ScalarType.Float64 => ElementType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>
    /// A tensor over the bytes of a mapped file, without a copy where they are aligned (else with one). It must only be read;
    /// it keeps the mapping alive until it is disposed.
    /// </summary>
    /// <param name="file">The mapping.</param>
    /// <param name="offset">Position of the first element, in bytes.</param>
    /// <param name="type">How the elements are stored.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="strides">Distances of neighbours in elements; empty for a contiguous tensor.</param>
    /// <exception cref="NotSupportedException">libtorch cannot compute with the element type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tensor does not lie inside of the file.</exception>
    public static Tensor Tensor(this MappedFile file, long offset, ElementType type, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides = default)
    {
        var dtype = type.ToScalarType() ?? throw new NotSupportedException($"libtorch cannot compute with {type.TorchName()}");
        var size = type.Size();
        var bytes = checked(Reach(shape, strides) * size);
        if (offset < 0 || bytes > file.Length - offset)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"{bytes} bytes at {offset} do not lie inside of {file.Path}");
        }

        if (bytes == 0)
        {
            return empty(shape, dtype);
        }

        if (offset % size == 0)
        {
            return HostMemory.Wrap(file.Address(offset), shape, strides, dtype, new MappingReference(file));
        }

        // Aligned storage of its own, laid out as in the file; the view disposes it at its end.
        var storage = empty([bytes / size], dtype).DetachFromDisposeScope();
        unsafe
        {
            Buffer.MemoryCopy((void*)file.Address(offset), (void*)storage.DataPointer, bytes, bytes);
        }

        return HostMemory.Wrap(storage.DataPointer, shape, strides, dtype, storage);
    }

    /// <summary>The tensor of a safetensors file, as <see cref="Tensor(MappedFile, long, ElementType, ReadOnlySpan{long}, ReadOnlySpan{long})"/>.</summary>
    /// <exception cref="SafetensorsException">No such tensor, or libtorch cannot compute with its type.</exception>
    public static Tensor Tensor(this SafetensorsFile file, string name)
    {
        var entry = file.Entry(name);
        try
        {
            return file.Mapping.Tensor(entry.Offset, entry.Type, [.. entry.Shape]);
        }
        catch (NotSupportedException e)
        {
            throw new SafetensorsException($"{file.Path}: '{name}': {e.Message}", e);
        }
    }

    /// <summary>Elements from the first to the last one of a view.</summary>
    private static long Reach(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var last = 0L;
        var dense = 1L;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] == 0)
            {
                return 0;
            }

            last = checked(last + ((shape[d] - 1) * (strides.IsEmpty ? dense : strides[d])));
            dense = checked(dense * shape[d]);
        }

        return last + 1;
    }

    private sealed class MappingReference : IDisposable
    {
        private readonly MappedFile _file;

        public MappingReference(MappedFile file)
        {
            file.AddReference();
            _file = file;
        }

        public void Dispose() => _file.Release();
    }
}
