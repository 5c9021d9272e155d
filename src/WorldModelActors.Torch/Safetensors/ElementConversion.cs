using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>Conversions between stored elements and .NET numbers, rounding to nearest even where a type narrows.</summary>
public static class ElementConversion
{
    /// <summary>
    /// Widens stored elements to float32: exact for bool, float16, bfloat16, float32 and small integers; float64 and wide
    /// integers are rounded to nearest.
    /// </summary>
    /// <param name="source">Contiguous little-endian elements.</param>
    /// <param name="type">How they are stored.</param>
    /// <param name="destination">As many numbers as <paramref name="source"/> has elements.</param>
    /// <exception cref="NotSupportedException">The type has no float32 reading (complex, float8).</exception>
    public static void ToSingle(ReadOnlySpan<byte> source, ElementType type, Span<float> destination)
    {
        if (source.Length != (long)destination.Length * type.Size())
        {
            throw new ArgumentException($"{source.Length} bytes are not {destination.Length} elements of {type.TorchName()}", nameof(destination));
        }

        switch (type)
        {
            case ElementType.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case ElementType.Float16:
                for (var i = 0; i < destination.Length; i++)
                {
                    destination[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(2 * i)..]);
                }

                break;
            case ElementType.BFloat16:
                for (var i = 0; i < destination.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * i)..]) << 16);
                }

                break;
            case ElementType.Float64:
                Widen<double>(source, destination);
                break;
            case ElementType.Int64:
                Widen<long>(source, destination);
                break;
            case ElementType.UInt64:
                Widen<ulong>(source, destination);
                break;
            case ElementType.Int32:
                Widen<int>(source, destination);
                break;
            case ElementType.UInt32:
                Widen<uint>(source, destination);
                break;
            case ElementType.Int16:
                Widen<short>(source, destination);
                break;
            case ElementType.UInt16:
                Widen<ushort>(source, destination);
                break;
            case ElementType.Int8:
                Widen<sbyte>(source, destination);
                break;
            case ElementType.UInt8:
                Widen<byte>(source, destination);
                break;
            case ElementType.Bool:
                for (var i = 0; i < destination.Length; i++)
                {
                    destination[i] = source[i] == 0 ? 0f : 1f;
                }

                break;
            default:
                throw new NotSupportedException($"elements of type {type.TorchName()} cannot be read as float32");
        }
    }

    /// <summary>
    /// Narrows (or copies) float32 numbers to float16, bfloat16, float32 or float64. NaN stays NaN; float16 overflow becomes
    /// infinity, as PyTorch's <c>to</c> does.
    /// </summary>
    public static void FromSingle(ReadOnlySpan<float> source, ElementType type, Span<byte> destination)
    {
        if (destination.Length != (long)source.Length * type.Size())
        {
            throw new ArgumentException($"{destination.Length} bytes do not hold {source.Length} elements of {type.TorchName()}", nameof(destination));
        }

        switch (type)
        {
            case ElementType.Float32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                break;
            case ElementType.Float64:
                for (var i = 0; i < source.Length; i++)
                {
                    BinaryPrimitives.WriteDoubleLittleEndian(destination[(8 * i)..], source[i]);
                }

                break;
            case ElementType.Float16:
                for (var i = 0; i < source.Length; i++)
                {
                    BinaryPrimitives.WriteHalfLittleEndian(destination[(2 * i)..], (Half)source[i]);
                }

                break;
            case ElementType.BFloat16:
                for (var i = 0; i < source.Length; i++)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(destination[(2 * i)..], BFloat16Bits(source[i]));
                }

                break;
            default:
                throw new NotSupportedException($"float32 numbers cannot be written as {type.TorchName()}");
        }
    }

    /// <summary>The upper half of a float32, rounded to nearest even.</summary>
    public static ushort BFloat16Bits(float value)
    {
        if (float.IsNaN(value))
        {
            // Rounding could carry a NaN's payload into infinity.
            return 0x7FC0;
        }

        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void Widen<T>(ReadOnlySpan<byte> source, Span<float> destination) where T : unmanaged, INumber<T>
    {
        var elements = MemoryMarshal.Cast<byte, T>(source);
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = float.CreateTruncating(elements[i]);
        }
    }
}
