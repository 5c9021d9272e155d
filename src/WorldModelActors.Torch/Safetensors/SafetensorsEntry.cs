namespace WorldModelActors.Torch;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Its sizes; empty for a scalar.</param>
/// <param name="Offset">Position of its first byte from the start of the file.</param>
/// <param name="ByteLength">Bytes of the contiguous row-major data.</param>
public sealed record SafetensorsEntry(string Name, ElementType Type, IReadOnlyList<long> Shape, long Offset, long ByteLength)
{
    /// <summary>The dtype name of the header, e.g. <c>F32</c>.</summary>
    public string Dtype => Type.SafetensorsName();

    /// <summary>Number of elements.</summary>
    public long Count => ByteLength / Type.Size();
}
