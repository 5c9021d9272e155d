using System.Runtime.CompilerServices;

namespace WorldModelActors.Torch;

/// <summary>Turns the number that libtorch gives for one element into a .NET type, without boxing.</summary>
internal static class ScalarConversion
{
    internal static T To<T>(double value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
            return Unsafe.BitCast<double, T>(value);
        if (typeof(T) == typeof(float))
            return Unsafe.BitCast<float, T>((float)value);
        if (typeof(T) == typeof(Half))
            return Unsafe.BitCast<Half, T>((Half)value);
        if (typeof(T) == typeof(bool))
            return Unsafe.BitCast<bool, T>(value != 0);
        // 2^63 is the first value above; the comparison is false for NaN too.
        if (!(value >= long.MinValue && value < 9223372036854775808.0))
            throw DoesNotFit<T>(value);
        return To<T>((long)value);
    }

    internal static T To<T>(long value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(long))
            return Unsafe.BitCast<long, T>(value);
        if (typeof(T) == typeof(int) && value == (int)value)
            return Unsafe.BitCast<int, T>((int)value);
        if (typeof(T) == typeof(bool))
            return Unsafe.BitCast<bool, T>(value != 0);
        if (typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(Half))
            return To<T>((double)value);
        if (typeof(T) == typeof(short) && value == (short)value)
            return Unsafe.BitCast<short, T>((short)value);
        if (typeof(T) == typeof(sbyte) && value == (sbyte)value)
            return Unsafe.BitCast<sbyte, T>((sbyte)value);
        if (typeof(T) == typeof(byte) && value == (byte)value)
            return Unsafe.BitCast<byte, T>((byte)value);
        throw DoesNotFit<T>(value);
    }

    private static TorchException DoesNotFit<T>(IFormattable value) =>
        new($"item: {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)} does not fit {typeof(T).Name}");
}
