using System.Runtime.InteropServices;
using FsCheck.Fluent;

namespace WorldModelActors.Sampling.Tests;

public class PhiloxTests
{
    /// <summary>The three philox4x32-10 vectors that are published with Random123 (kat_vectors).</summary>
    [Theory]
    [InlineData(
        new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 }, new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(
        new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, new uint[] { 0xffffffff, 0xffffffff },
        new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, new uint[] { 0xa4093822, 0x299f31d0 },
        new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void Blocks_equal_the_published_vectors(uint[] counter, uint[] key, uint[] expected)
    {
        var block = Philox4x32.Encrypt(new PhiloxBlock(counter[0], counter[1], counter[2], counter[3]), new PhiloxKey(key[0], key[1]));
        Assert.Equal(new PhiloxBlock(expected[0], expected[1], expected[2], expected[3]), block);
    }

    [Fact]
    public void Normals_are_box_muller_of_the_blocks()
    {
        // The published counters are among those that are drawn, and the block counter wraps within a pass.
        foreach (var (key, first, x1, x2, x3) in (IEnumerable<(PhiloxKey, uint, uint, uint, uint)>)
            [
                (new PhiloxKey(0, 0), 0, 0, 0, 0),
                (new PhiloxKey(0xa4093822, 0x299f31d0), 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344),
                (new PhiloxKey(0xffffffff, 0xffffffff), 0xfffffffe, 0xffffffff, 0xffffffff, 0xffffffff),
            ])
        {
            var normals = new float[4 * 40_000];
            PhiloxNormals.Fill(normals, key, first, x1, x2, x3);
            for (var b = 0; b < normals.Length / 4; b++)
            {
                var words = Philox4x32.Encrypt(new PhiloxBlock(unchecked(first + (uint)b), x1, x2, x3), key);
                var (z0, z1) = BoxMuller(words.X0, words.X1);
                var (z2, z3) = BoxMuller(words.X2, words.X3);
                AssertRounds(z0, normals[4 * b]);
                AssertRounds(z1, normals[4 * b + 1]);
                AssertRounds(z2, normals[4 * b + 2]);
                AssertRounds(z3, normals[4 * b + 3]);
            }
        }
    }

    /// <summary>Computed by hand from the definition, in another language.</summary>
    private static readonly float[] s_pinned =
    [
        -0.623515844f, 0.168860093f, 0.860444725f, 1.87066472f,
        0.0342272967f, 0.566758692f, 0.781259239f, -1.03253829f,
    ];

    [Fact]
    public void Normals_of_a_fixed_key_never_change()
    {
        var normals = new float[8];
        PhiloxNoise.Fill(normals, new NoiseKey(123, "episode-0", 2, SamplingPhase.World, 7, NoiseTensor.Step));
        Assert.Equal(s_pinned, normals);
    }

    [Fact]
    public void A_prefix_or_a_later_piece_equals_the_whole()
    {
        Law.Holds(
            from length in Gen.Choose(0, 200)
            from skipped in Gen.Choose(0, 40)
            from seed in Gen.Choose(0, int.MaxValue)
            select (length, skipped, seed),
            draw =>
            {
                var key = new PhiloxKey((uint)draw.seed, 1);
                var whole = new float[4 * draw.skipped + draw.length];
                var piece = new float[draw.length];
                PhiloxNormals.Fill(whole, key, 0, 2, 3, 4);
                PhiloxNormals.Fill(piece, key, (uint)draw.skipped, 2, 3, 4);
                Assert.Equal(whole[(4 * draw.skipped)..], piece);
            });
    }

    [Fact]
    public void Normals_are_standard_normal()
    {
        const int Count = 1 << 20;
        var z = new float[Count];
        PhiloxNoise.Fill(z, new NoiseKey(1, "statistics", 0, SamplingPhase.Policy, 0, NoiseTensor.Latent));
        double mean = 0, square = 0, cube = 0, fourth = 0, neighbour = 0;
        var below = new int[7];
        for (var i = 0; i < Count; i++)
        {
            double v = z[i];
            mean += v;
            square += v * v;
            cube += v * v * v;
            fourth += v * v * v * v;
            neighbour += v * z[(i + 1) % Count];
            for (var k = -3; k <= 3; k++)
            {
                below[k + 3] += v < k ? 1 : 0;
            }
        }

        // Five standard errors of each statistic.
        var error = 5 / Math.Sqrt(Count);
        Assert.InRange(mean / Count, -error, error);
        Assert.InRange(square / Count, 1 - error * Math.Sqrt(2), 1 + error * Math.Sqrt(2));
        Assert.InRange(cube / Count, -error * Math.Sqrt(15), error * Math.Sqrt(15));
        Assert.InRange(fourth / Count, 3 - error * Math.Sqrt(96), 3 + error * Math.Sqrt(96));
        Assert.InRange(neighbour / Count, -error, error);
        double[] probabilities = [0.00134990, 0.02275013, 0.15865525, 0.5, 0.84134475, 0.97724987, 0.99865010];
        for (var k = 0; k < 7; k++)
        {
            var p = probabilities[k];
            var deviation = 5 * Math.Sqrt(p * (1 - p) / Count);
            Assert.InRange(below[k] / (double)Count, p - deviation, p + deviation);
        }
    }

    [Fact]
    public void Different_keys_are_uncorrelated()
    {
        var origin = new NoiseKey(1, "a", 0, SamplingPhase.Policy, 0, NoiseTensor.Latent);
        NoiseKey[] others =
        [
            origin with { RunSeed = 2 }, origin with { Episode = "b" }, origin with { Iteration = 1 },
            origin with { Phase = SamplingPhase.World }, origin with { Step = 1 }, origin with { Tensor = NoiseTensor.Step },
        ];
        const int Count = 1 << 16;
        float[] a = new float[Count], b = new float[Count];
        PhiloxNoise.Fill(a, origin);
        foreach (var other in others)
        {
            PhiloxNoise.Fill(b, other);
            var product = 0.0;
            for (var i = 0; i < Count; i++)
            {
                product += (double)a[i] * b[i];
            }

            Assert.InRange(product / Count, -5 / Math.Sqrt(Count), 5 / Math.Sqrt(Count));
        }
    }

    [Fact]
    public void Keys_come_from_sha256_of_seed_and_episode()
    {
        // sha256(7b 00 00 00 00 00 00 00 "episode-0")
        var message = (byte[])[123, 0, 0, 0, 0, 0, 0, 0, .. "episode-0"u8];
        var words = MemoryMarshal.Cast<byte, uint>(System.Security.Cryptography.SHA256.HashData(message));
        Assert.Equal(new PhiloxKey(words[0], words[1]), PhiloxNoise.KeyOf(123, "episode-0"));
        Assert.NotEqual(PhiloxNoise.KeyOf(123, "episode-0"), PhiloxNoise.KeyOf(-123, "episode-0"));
        Assert.NotEqual(PhiloxNoise.KeyOf(123, "épisode"), PhiloxNoise.KeyOf(123, "episode"));
    }

    private static (double, double) BoxMuller(uint w0, uint w1)
    {
        double u0 = (w0 + 0.5) / 4294967296.0, u1 = (w1 + 0.5) / 4294967296.0;
        var radius = Math.Sqrt(-2 * Math.Log(u0));
        return (radius * Math.Cos(2 * Math.PI * u1), radius * Math.Sin(2 * Math.PI * u1));
    }

    /// <summary>The platform's own functions may be an ulp of float64 off, which seldom turns a rounding to float32.</summary>
    private static void AssertRounds(double expected, float actual) =>
        Assert.True(
            Math.Abs(expected - actual) <= 0.5000001 * (MathF.BitIncrement(MathF.Abs(actual)) - MathF.Abs(actual)) + 2e-15,
            $"expected {expected:R}, found {actual:R}");
}
