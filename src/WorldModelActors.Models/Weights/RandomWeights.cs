using System.Runtime.InteropServices;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Seeded random weights, for trying a configuration without a checkpoint. Each tensor is a pure function of (seed, key), the
/// same on every device and in every order. Matrices and kernels are uniform with variance 1 / fan-in, so that activations
/// keep their scale; norms are the identity; biases are zero; embeddings have the standard deviation 0.02.
/// </summary>
public sealed class RandomWeights : WeightStore
{
    private readonly ulong _seed;
    private readonly double _aspect;
    private readonly IReadOnlyDictionary<string, float[]> _buffers;

    /// <param name="seed">Seed of all tensors.</param>
    /// <param name="latentSize">Latent (height, width): coordinate grids of h x w points take its aspect ratio.</param>
    /// <param name="buffers">Buffers with known values, by full key (the noise schedule's arrays); others are zero.</param>
    /// <param name="device">Where the tensors live (CPU by default).</param>
    /// <param name="dtype">Compute type of parameters.</param>
    public RandomWeights(ulong seed, (int Height, int Width) latentSize, IReadOnlyDictionary<string, float[]>? buffers = null, Device? device = null, ScalarType dtype = ScalarType.Float32)
        : base(device ?? CPU, dtype)
    {
        _seed = seed;
        _aspect = (double)latentSize.Height / latentSize.Width;
        _buffers = buffers ?? new Dictionary<string, float[]>();
    }

    /// <inheritdoc/>
    protected override Tensor Make(WeightKey key, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        if (Limit(key) is { } limit && Device.type != DeviceType.CPU && CounterRandom.Fills(Device))
        {
            return UniformOn(Device, key, limit).to(dtype).MoveToOuterDisposeScope();
        }

        var values = empty([.. key.Shape], ScalarType.Float32);
        if (key.Count > 0)
        {
            var span = MemoryMarshal.Cast<byte, float>(values.bytes);
            if (key.IsBuffer)
            {
                FillBuffer(key.Name, span);
            }
            else
            {
                FillParameter(key, span);
            }
        }

        return values.to(dtype, Device).MoveToOuterDisposeScope();
    }

    private void FillParameter(WeightKey key, Span<float> values)
    {
        if (Limit(key) is { } limit)
        {
            FillUniform(values, limit, Hash(key.Name));
        }
        else
        {
            values.Fill(IsBias(key) ? 0 : 1);
        }
    }

    /// <summary>Parameters that are uniform in [-limit, limit); null for biases and norms.</summary>
    internal static float? Limit(WeightKey key)
    {
        var isWeight = key.Name.EndsWith("weight", StringComparison.Ordinal);
        if (key.IsBuffer || key.Count == 0 || IsBias(key) || (isWeight && key.Shape.Count <= 1))
        {
            return null;
        }

        var deviation = isWeight ? Math.Sqrt((double)key.Shape[0] / key.Count) : 0.02;
        return (float)(deviation * Math.Sqrt(3));
    }

    private static bool IsBias(WeightKey key) => key.Name.EndsWith("bias", StringComparison.Ordinal);

    /// <summary>What <see cref="FillUniform"/> fills, bit for bit, computed where it shall lie: billions of parameters in milliseconds.</summary>
    internal Tensor UniformOn(Device device, WeightKey key, float limit) =>
        CounterRandom.Uniform_(empty([.. key.Shape], ScalarType.Float32, device), limit, Hash(key.Name));

    private void FillBuffer(string name, Span<float> values)
    {
        if (_buffers.TryGetValue(name, out var known))
        {
            if (known.Length != values.Length)
            {
                throw new ArgumentException($"the buffer '{name}' has {known.Length} values, the model needs {values.Length}");
            }

            known.CopyTo(values);
        }
        else if (name.EndsWith("temperature", StringComparison.Ordinal))
        {
            values.Fill(1);
        }
        else if (name.EndsWith("pos_x", StringComparison.Ordinal) || name.EndsWith("pos_y", StringComparison.Ordinal))
        {
            FillGrid(values, alongX: name[^1] == 'x');
        }
        else
        {
            values.Clear();
        }
    }

    /// <summary>Coordinates -1..1 of h x w points, row-major; h x w = the number of values, h / w nearest the latent's.</summary>
    private void FillGrid(Span<float> values, bool alongX)
    {
        var count = values.Length;
        var height = Enumerable.Range(1, count).Where(h => count % h == 0).MinBy(h => Math.Abs(Math.Log((double)h * h / count / _aspect)));
        var width = count / height;
        for (var i = 0; i < count; i++)
        {
            var (at, size) = alongX ? (i % width, width) : (i / width, height);
            values[i] = size == 1 ? -1 : -1 + (2f * at / (size - 1));
        }
    }

    /// <summary>
    /// Uniform in [-limit, limit): SplitMix64 (Steele, Lea, Flood 2014) as a counter-based generator, two 24-bit numbers from
    /// each output, so that blocks can be filled in any order.
    /// </summary>
    private static unsafe void FillUniform(Span<float> values, float limit, ulong start)
    {
        const int block = 1 << 18;
        const float unit = 1f / (1 << 23);
        var count = values.Length;
        fixed (float* pinned = values)
        {
            var destination = pinned;
            Parallel.For(0, (count + block - 1) / block, at =>
            {
                var end = Math.Min(count, (at + 1) * block);
                for (var i = at * block; i < end; i += 2)
                {
                    var bits = start + (((ulong)(i / 2) + 1) * 0x9E3779B97F4A7C15);
                    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
                    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
                    bits ^= bits >> 31;
                    destination[i] = limit * (((int)(bits >> 40) * unit) - 1);
                    if (i + 1 < end)
                    {
                        destination[i + 1] = limit * (((int)(bits & 0xFFFFFF) * unit) - 1);
                    }
                }
            });
        }
    }

    /// <summary>FNV-1a of the key, started from the seed.</summary>
    private ulong Hash(string name)
    {
        var hash = 0xCBF29CE484222325 ^ (_seed * 0x9E3779B97F4A7C15);
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ b) * 0x100000001B3;
        }

        return hash;
    }
}
