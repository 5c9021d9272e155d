using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace WorldModelActors.Sampling;

/// <summary>
/// Counter-based noise: a pure function of its key, so that the same episode draws the same numbers on every device, in every
/// batch, in every order and after every resume.
/// <para>
/// The Philox key is the first 8 bytes (two little-endian words) of SHA-256 over the run seed (8 bytes, little-endian) followed
/// by the episode id in UTF-8. The counter is (block, step, iteration, phase * 2^16 + tensor). The numbers are
/// <see cref="PhiloxNormals"/>' in row-major order.
/// </para>
/// </summary>
public sealed class PhiloxNoise : INoiseSource
{
    /// <inheritdoc/>
    public bool IsSequential => false;

    /// <inheritdoc/>
    public Tensor Draw(in NoiseKey key, ReadOnlySpan<long> shape, Device device)
    {
        if (device.type != DeviceType.CPU && CounterRandom.Fills(device))
        {
            return OnDevice(key, shape, device);
        }

        using var scope = NewDisposeScope();
        var host = empty(shape, ScalarType.Float32);
        Fill(MemoryMarshal.Cast<byte, float>(host.bytes), key);
        // From page-locked memory nobody waits for the copy.
        var result = device.type == DeviceType.CUDA ? host.pin_memory().to(device, non_blocking: true) : host.to(device);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>The draw, computed where it shall lie; the same bits as <see cref="Fill"/>.</summary>
    internal static Tensor OnDevice(in NoiseKey key, ReadOnlySpan<long> shape, Device device)
    {
        var (k0, k1) = KeyOf(key.RunSeed, key.Episode);
        return CounterRandom.Normal_(
            empty(shape, ScalarType.Float32, device), (ulong)k1 << 32 | k0, (uint)key.Step, (uint)key.Iteration, (uint)key.Phase << 16 | (uint)key.Tensor);
    }

    /// <summary>Fills <paramref name="destination"/> with the first elements of the draw <paramref name="key"/>.</summary>
    public static void Fill(Span<float> destination, in NoiseKey key) =>
        PhiloxNormals.Fill(
            destination, KeyOf(key.RunSeed, key.Episode), 0, (uint)key.Step, (uint)key.Iteration,
            (uint)key.Phase << 16 | (uint)key.Tensor);

    /// <summary>The Philox key of an episode of a run.</summary>
    public static PhiloxKey KeyOf(long runSeed, string episode)
    {
        var message = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(episode)];
        BinaryPrimitives.WriteInt64LittleEndian(message, runSeed);
        Encoding.UTF8.GetBytes(episode, message.AsSpan(sizeof(long)));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        return new PhiloxKey(
            BinaryPrimitives.ReadUInt32LittleEndian(digest), BinaryPrimitives.ReadUInt32LittleEndian(digest[4..]));
    }
}
