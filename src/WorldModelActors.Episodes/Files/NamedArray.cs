using System.Runtime.InteropServices;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>An array of a checkpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Data">Its row-major little-endian bytes.</param>
public sealed record NamedArray(string Name, ElementType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>A float32 array.</summary>
    public static NamedArray Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        new(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The numbers as float32.</summary>
    public float[] ToSingles()
    {
        var values = new float[Data.Length / Type.Size()];
        ElementConversion.ToSingle(Data.Span, Type, values);
        return values;
    }
}
