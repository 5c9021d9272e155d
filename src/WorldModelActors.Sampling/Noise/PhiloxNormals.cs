using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WorldModelActors.Sampling;

/// <summary>
/// Standard normals from <see cref="Philox4x32"/> blocks. Block b of a stream has the counter (b, x1, x2, x3) and gives the
/// elements 4b .. 4b+3: with its words w, u(w) = (w + 1/2) / 2^32 and Box-Muller in float64,
/// r0 cos a1, r0 sin a1, r2 cos a3, r2 sin a3, where r_i = sqrt(-2 ln u(w_i)) and a_i = 2 pi u(w_i), rounded to float32.
/// <para>
/// Logarithm, sine and cosine are written out in IEEE additions, multiplications, divisions and square roots without fused
/// operations, four blocks side by side. So the numbers are the same, bit for bit, on every processor.
/// </para>
/// </summary>
internal static class PhiloxNormals
{
    /// <summary>Blocks that are computed side by side.</summary>
    private const int Lanes = 4;

    /// <summary>Normals that come out of one pass.</summary>
    private const int Batch = 4 * Lanes;

    /// <summary>Fills <paramref name="destination"/> with the elements from 4 * <paramref name="firstBlock"/> on.</summary>
    public static void Fill(Span<float> destination, PhiloxKey key, uint firstBlock, uint x1, uint x2, uint x3)
    {
        var block = firstBlock;
        while (destination.Length >= Batch)
        {
            Pass(destination, key, block, x1, x2, x3);
            destination = destination[Batch..];
            block += Lanes;
        }

        if (!destination.IsEmpty)
        {
            Span<float> rest = stackalloc float[Batch];
            Pass(rest, key, block, x1, x2, x3);
            rest[..destination.Length].CopyTo(destination);
        }
    }

    private static void Pass(Span<float> destination, PhiloxKey key, uint block, uint x1, uint x2, uint x3)
    {
        var (w0, w1, w2, w3) = Words(key, block, x1, x2, x3);
        Vector256<double> radius0 = Radius(w0), radius2 = Radius(w2);
        var (cos1, sin1) = CosSin(w1);
        var (cos3, sin3) = CosSin(w3);
        Store(destination, radius0 * cos1, radius0 * sin1, radius2 * cos3, radius2 * sin3);
    }

    /// <summary>The four words of four consecutive blocks; one word in the low half of every 64-bit lane.</summary>
    private static (Vector256<ulong> W0, Vector256<ulong> W1, Vector256<ulong> W2, Vector256<ulong> W3) Words(
        PhiloxKey key, uint block, uint x1, uint x2, uint x3)
    {
        var low = Vector256.Create(0xFFFFFFFFUL);
        Vector256<ulong> multiplier0 = Vector256.Create((ulong)Philox4x32.Multiplier0), multiplier1 = Vector256.Create((ulong)Philox4x32.Multiplier1);
        Vector256<ulong> a = (Vector256.Create((ulong)block) + Vector256.Create(0UL, 1, 2, 3)) & low;
        Vector256<ulong> b = Vector256.Create((ulong)x1), c = Vector256.Create((ulong)x2), d = Vector256.Create((ulong)x3);
        var (k0, k1) = key;
        for (var round = 0; round < Philox4x32.Rounds; round++)
        {
            Vector256<ulong> product0 = Multiply(multiplier0, a, low), product1 = Multiply(multiplier1, c, low);
            a = Vector256.ShiftRightLogical(product1, 32) ^ b ^ Vector256.Create((ulong)k0);
            b = product1 & low;
            c = Vector256.ShiftRightLogical(product0, 32) ^ d ^ Vector256.Create((ulong)k1);
            d = product0 & low;
            unchecked
            {
                k0 += Philox4x32.Weyl0;
                k1 += Philox4x32.Weyl1;
            }
        }

        return (a, b, c, d);
    }

    /// <summary>Full 64-bit products of the low halves (the high halves are zero).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> x, Vector256<ulong> y, Vector256<ulong> low) =>
        Avx2.IsSupported ? Avx2.Multiply(x.AsUInt32(), y.AsUInt32()) : (x & low) * (y & low);

    /// <summary>An integer below 2^52 as float64, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ToDouble(Vector256<ulong> value) =>
        (value | Vector256.Create(0x4330000000000000UL)).AsDouble() - Vector256.Create(4503599627370496.0);

    /// <summary>sqrt(-2 ln((w + 1/2) / 2^32)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Radius(Vector256<ulong> word)
    {
        // 2w + 1 = m 2^k with m in [sqrt(1/2), sqrt(2)), so that ln u = ln m + (k - 33) ln 2 loses nothing near u = 1.
        var odd = ToDouble(Vector256.ShiftLeft(word, 1) | Vector256.Create(1UL));
        var bits = odd.AsUInt64();
        var exponent = Vector256.ShiftRightLogical(bits - Vector256.Create(0x3FE6A09E667F3BCDUL), 52);
        var mantissa = (bits - Vector256.ShiftLeft(exponent, 52)).AsDouble();
        var one = Vector256<double>.One;
        // ln m = 2 atanh s = 2s (1 + s^2/3 + s^4/5 + ...), |s| <= 0.172: ten terms reach float64.
        var s = (mantissa - one) / (mantissa + one);
        var z = s * s;
        var series = Vector256.Create(1.0 / 19);
        series = series * z + Vector256.Create(1.0 / 17);
        series = series * z + Vector256.Create(1.0 / 15);
        series = series * z + Vector256.Create(1.0 / 13);
        series = series * z + Vector256.Create(1.0 / 11);
        series = series * z + Vector256.Create(1.0 / 9);
        series = series * z + Vector256.Create(1.0 / 7);
        series = series * z + Vector256.Create(1.0 / 5);
        series = series * z + Vector256.Create(1.0 / 3);
        series = series * z + one;
        // -2 ln u = 2 (33 - k) ln 2 - 4 s series
        var whole = (Vector256.Create(33.0) - ToDouble(exponent)) * Vector256.Create(1.3862943611198906);
        return Vector256.Sqrt(whole - Vector256.Create(4.0) * s * series);
    }

    /// <summary>Cosine and sine of 2 pi (w + 1/2) / 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> Cos, Vector256<double> Sin) CosSin(Vector256<ulong> word)
    {
        // The nearest quarter turn is split off in integers; the remaining angle is in [-pi/4, pi/4].
        var shifted = word + Vector256.Create(1UL << 29);
        var quarter = Vector256.ShiftRightLogical(shifted, 30);
        var fraction = ToDouble(shifted & Vector256.Create((1UL << 30) - 1)) - Vector256.Create((1 << 29) - 0.5);
        var angle = fraction * Vector256.Create(1.4629180792671596e-9);
        var z = angle * angle;
        var one = Vector256<double>.One;
        var sin = Vector256.Create(1 / 355687428096000.0);
        sin = sin * z - Vector256.Create(1 / 1307674368000.0);
        sin = sin * z + Vector256.Create(1 / 6227020800.0);
        sin = sin * z - Vector256.Create(1 / 39916800.0);
        sin = sin * z + Vector256.Create(1 / 362880.0);
        sin = sin * z - Vector256.Create(1 / 5040.0);
        sin = sin * z + Vector256.Create(1 / 120.0);
        sin = sin * z - Vector256.Create(1 / 6.0);
        sin = sin * z * angle + angle;
        var cos = Vector256.Create(1 / 20922789888000.0);
        cos = cos * z - Vector256.Create(1 / 87178291200.0);
        cos = cos * z + Vector256.Create(1 / 479001600.0);
        cos = cos * z - Vector256.Create(1 / 3628800.0);
        cos = cos * z + Vector256.Create(1 / 40320.0);
        cos = cos * z - Vector256.Create(1 / 720.0);
        cos = cos * z + Vector256.Create(1 / 24.0);
        cos = cos * z - Vector256.Create(0.5);
        cos = cos * z + one;

        // Turning by q quarters gives (c, s), (-s, c), (-c, -s), (s, -c).
        var isOdd = (Vector256<ulong>.Zero - (quarter & Vector256.Create(1UL))).AsDouble();
        var cosSign = Vector256.ShiftLeft((quarter + Vector256.Create(1UL)) & Vector256.Create(2UL), 62).AsDouble();
        var sinSign = Vector256.ShiftLeft(quarter & Vector256.Create(2UL), 62).AsDouble();
        return (Vector256.ConditionalSelect(isOdd, sin, cos) ^ cosSign, Vector256.ConditionalSelect(isOdd, cos, sin) ^ sinSign);
    }

    /// <summary>Stores lane j of the four vectors as the elements 4j .. 4j+3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Span<float> destination, Vector256<double> e0, Vector256<double> e1, Vector256<double> e2, Vector256<double> e3)
    {
        Vector256<float> e01 = Vector256.Narrow(e0, e1), e23 = Vector256.Narrow(e2, e3);
        if (Sse.IsSupported)
        {
            Vector128<float> r0 = e01.GetLower(), r1 = e01.GetUpper(), r2 = e23.GetLower(), r3 = e23.GetUpper();
            Vector128<float> low01 = Sse.UnpackLow(r0, r1), low23 = Sse.UnpackLow(r2, r3);
            Vector128<float> high01 = Sse.UnpackHigh(r0, r1), high23 = Sse.UnpackHigh(r2, r3);
            Sse.MoveLowToHigh(low01, low23).CopyTo(destination);
            Sse.MoveHighToLow(low23, low01).CopyTo(destination[4..]);
            Sse.MoveLowToHigh(high01, high23).CopyTo(destination[8..]);
            Sse.MoveHighToLow(high23, high01).CopyTo(destination[12..]);
            return;
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            destination[4 * lane] = e01[lane];
            destination[4 * lane + 1] = e01[Lanes + lane];
            destination[4 * lane + 2] = e23[lane];
            destination[4 * lane + 3] = e23[Lanes + lane];
        }
    }
}
