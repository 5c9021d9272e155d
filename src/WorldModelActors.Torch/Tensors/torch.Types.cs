using System.Globalization;

namespace WorldModelActors.Torch;

/// <summary>c10::DeviceType.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    META = 14,
}

public static partial class torch
{
    /// <summary>c10::ScalarType: element types with libtorch's own numbers.</summary>
    public enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        Bool = 11,
        BFloat16 = 15,
    }

    public const ScalarType uint8 = ScalarType.Byte;
    public const ScalarType int8 = ScalarType.Int8;
    public const ScalarType int16 = ScalarType.Int16;
    public const ScalarType int32 = ScalarType.Int32;
    public const ScalarType int64 = ScalarType.Int64;
    public const ScalarType float16 = ScalarType.Float16;
    public const ScalarType float32 = ScalarType.Float32;
    public const ScalarType float64 = ScalarType.Float64;
    public const ScalarType bfloat16 = ScalarType.BFloat16;
    public const ScalarType @bool = ScalarType.Bool;

    /// <summary>The CPU device.</summary>
    public static Device CPU { get; } = new(DeviceType.CPU, -1);

    /// <summary>The current CUDA device.</summary>
    public static Device CUDA { get; } = new(DeviceType.CUDA, -1);

    /// <summary>The meta device: shapes without elements.</summary>
    public static Device META { get; } = new(DeviceType.META, -1);

    /// <summary>A device from its name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>meta</c>.</summary>
    public static Device device(string description) => new(description);

    /// <summary>A device with an index (-1: the current one).</summary>
    public static Device device(DeviceType type, int index = -1) => new(type, index);

    /// <summary>Where a tensor's elements are.</summary>
    public sealed class Device : IEquatable<Device>
    {
        public Device(DeviceType type, int index = -1)
        {
            this.type = type;
            this.index = index;
        }

        /// <exception cref="ArgumentException">The text is no device.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            type = parts[0] switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                "meta" => DeviceType.META,
                _ => throw new ArgumentException($"'{description}' is no device: use cpu, cuda or cuda:N"),
            };
            index = -1;
            if (parts.Length > 2 || (parts.Length == 2 && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < 250 && (index = n) >= 0)))
                throw new ArgumentException($"'{description}' is no device: use cpu, cuda or cuda:N");
        }

        public DeviceType type { get; }

        /// <summary>-1: the current device of this type.</summary>
        public int index { get; }

        internal long Packed => ((long)type * 256) + index + 1;

        public bool Equals(Device? other) => other is not null && type == other.type && index == other.index;

        public override bool Equals(object? obj) => Equals(obj as Device);

        public override int GetHashCode() => HashCode.Combine(type, index);

        public override string ToString() => type.ToString().ToLowerInvariant() + (index >= 0 ? ":" + index.ToString(CultureInfo.InvariantCulture) : "");
    }

    /// <summary>A draw of random numbers of its own, so that concurrent episodes do not share a sequence.</summary>
    public sealed class Generator : IDisposable
    {
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            _handle = NativeMethods.wma_generator_new(seed, (device ?? CPU).Packed);
            if (_handle == 0)
                throw TorchException.FromNative($"Generator(seed {seed}, {device ?? CPU})", NativeMethods.LastError());
        }

        /// <summary>Where its tensors are drawn.</summary>
        public Device device { get; }

        internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public void Dispose()
        {
            if (_handle != 0)
                NativeMethods.wma_generator_release(_handle);
            _handle = 0;
        }
    }
}

/// <summary>A number as an operator argument.</summary>
public readonly struct Scalar
{
    private Scalar(double d, long i, bool isFloat)
    {
        AsDouble = d;
        AsInt64 = i;
        IsFloatingPoint = isFloat;
    }

    internal double AsDouble { get; }

    internal long AsInt64 { get; }

    internal bool IsFloatingPoint { get; }

    public static implicit operator Scalar(double value) => new(value, 0, true);

    public static implicit operator Scalar(float value) => new(value, 0, true);

    public static implicit operator Scalar(Half value) => new((double)value, 0, true);

    public static implicit operator Scalar(long value) => new(value, value, false);

    public static implicit operator Scalar(int value) => new(value, value, false);

    public static implicit operator Scalar(bool value) => new(value ? 1 : 0, value ? 1 : 0, false);
}

/// <summary>Typed view of a tensor's elements on the host, in logical order.</summary>
public sealed class TensorAccessor<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;

    internal TensorAccessor(torch.Tensor tensor)
    {
        torch.Tensor.CheckElementType<T>(tensor.dtype);
        _tensor = tensor;
    }

    /// <summary>Number of elements.</summary>
    public long Count => _tensor.numel();

    /// <summary>One element of a dense CPU tensor, by its place in logical order.</summary>
    public T this[long index]
    {
        get => _tensor.Elements<T>()[checked((int)index)];
        set => _tensor.Elements<T>()[checked((int)index)] = value;
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    /// <summary>Copies all elements, from whatever device and layout.</summary>
    public void CopyTo(Span<T> destination)
    {
        using var scope = torch.NewDisposeScope();
        _tensor.cpu().contiguous().Elements<T>().CopyTo(destination);
    }

    /// <summary>Overwrites all elements of a dense CPU tensor.</summary>
    public void CopyFrom(ReadOnlySpan<T> source)
    {
        if (source.Length != Count)
            throw new ArgumentException($"{source.Length} elements do not fill a tensor of {Count}");
        source.CopyTo(_tensor.Elements<T>());
    }
}
