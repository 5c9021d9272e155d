namespace WorldModelActors.Models;

/// <summary>One tensor of a checkpoint, as a strided view of bytes in the file.</summary>
public sealed class CheckpointEntry
{
    internal CheckpointEntry(string name, string storedName, ElementType type, IReadOnlyList<long> shape, IReadOnlyList<long> strides, long offset)
    {
        Name = name;
        StoredName = storedName;
        Type = type;
        Shape = shape;
        Strides = strides;
        Offset = offset;
        Count = shape.Aggregate(1L, (product, size) => product * size);
        IsContiguous = Contiguous();
    }

    /// <summary>The key as networks know it (container prefix cut, old names renamed).</summary>
    public string Name { get; }

    /// <summary>The key as the file spells it.</summary>
    public string StoredName { get; }

    /// <summary>How the numbers are stored.</summary>
    public ElementType Type { get; }

    /// <summary>Sizes; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Distance of neighbours along each dimension, in elements.</summary>
    public IReadOnlyList<long> Strides { get; }

    /// <summary>Position of the first element from the start of the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Bytes of the tensor when it is laid out contiguously.</summary>
    public long ByteLength => Count * Type.Size();

    /// <summary>Whether the elements lie row-major without gaps, so that the file's bytes can be used as they are.</summary>
    public bool IsContiguous { get; }

    /// <summary>E.g. <c>model.diffusion_model.out.2.bias float32 [4]</c>.</summary>
    public override string ToString() => $"{Name} {Type.TorchName()} [{string.Join(", ", Shape)}]";

    private bool Contiguous()
    {
        var expected = 1L;
        for (var d = Shape.Count - 1; d >= 0 && Count > 0; d--)
        {
            if (Shape[d] != 1 && Strides[d] != expected)
            {
                return false;
            }

            expected *= Shape[d];
        }

        return true;
    }
}
