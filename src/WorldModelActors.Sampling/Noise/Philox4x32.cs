namespace WorldModelActors.Sampling;

/// <summary>
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a bijection of a
/// 128-bit counter under a 64-bit key whose outputs pass every known statistical test. No state: any block of any stream can
/// be computed by itself.
/// </summary>
public static class Philox4x32
{
    internal const int Rounds = 10;
    internal const uint Multiplier0 = 0xD2511F53;
    internal const uint Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9;
    internal const uint Weyl1 = 0xBB67AE85;

    /// <summary>The four 32-bit words of one block.</summary>
    public static PhiloxBlock Encrypt(PhiloxBlock counter, PhiloxKey key)
    {
        var (x0, x1, x2, x3) = counter;
        var (k0, k1) = key;
        for (var round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * x0, product1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = (
                (uint)(product1 >> 32) ^ x1 ^ k0,
                (uint)product1,
                (uint)(product0 >> 32) ^ x3 ^ k1,
                (uint)product0);
            unchecked
            {
                k0 += Weyl0;
                k1 += Weyl1;
            }
        }

        return new PhiloxBlock(x0, x1, x2, x3);
    }
}

/// <summary>A counter or an output of <see cref="Philox4x32"/>, least significant word first.</summary>
public readonly record struct PhiloxBlock(uint X0, uint X1, uint X2, uint X3);

/// <summary>A key of <see cref="Philox4x32"/>, least significant word first.</summary>
public readonly record struct PhiloxKey(uint K0, uint K1);
