using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace WorldModelActors.Torch;

public static partial class torch
{
    private static long s_live;

    /// <summary>With <c>WMA_TRACE_TENSORS=1</c> in the environment, where each live tensor was made; otherwise empty.</summary>
    private static readonly ConcurrentDictionary<Tensor, string>? s_traces =
        Environment.GetEnvironmentVariable("WMA_TRACE_TENSORS") == "1" ? new() : null;

    /// <summary>Where the live tensors were made (needs <c>WMA_TRACE_TENSORS=1</c>), most frequent place first.</summary>
    public static IEnumerable<string> LiveTensorReport() =>
        s_traces is null
            ? ["set WMA_TRACE_TENSORS=1 to record where tensors are made"]
            : s_traces.Values.GroupBy(t => t).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} x {g.Key}");

    /// <summary>Opens a scope that owns the tensors made on this thread until it ends.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>
    /// A handle on a native tensor. Everything runs without autograd. There is no finalizer: a tensor is disposed by its
    /// scope or by hand, and <see cref="TotalCount"/> tells what was forgotten.
    /// </summary>
    public sealed partial class Tensor : IDisposable
    {
        private nint _handle;
        private long[]? _shape;
        private long _numel = -1;
        private int _ndim;
        private ScalarType _dtype;
        private Device? _device;

        internal Tensor(nint handle)
        {
            _handle = handle;
            Interlocked.Increment(ref s_live);
            s_traces?.TryAdd(this, Environment.StackTrace);
            DisposeScope.Current?.Add(this);
        }

        /// <summary>Native tensors that managed code holds now. A whole episode must end with as many as it began.</summary>
        public static long TotalCount => Interlocked.Read(ref s_live);

        internal DisposeScope? Scope { get; set; }

        internal nint Handle => _handle != 0 ? _handle : ThrowDisposed();

        /// <summary>True after <see cref="Dispose"/>.</summary>
        public bool IsInvalid => _handle == 0;

        /// <summary>Sizes. The array is shared: do not write to it.</summary>
        public long[] shape => _shape ?? ReadInfo()._shape!;

        /// <summary>Number of dimensions.</summary>
        public long ndim => dim();

        public ScalarType dtype => IsKnown ? _dtype : ReadInfo()._dtype;

        public Device device => _device ?? ReadInfo()._device!;

        /// <summary>The elements' bytes of a contiguous CPU tensor, in place; valid as long as the tensor is.</summary>
        public Span<byte> bytes => Elements<byte>(element_size());

        /// <summary>Address of the first element (on CUDA: a device address).</summary>
        public nint DataPointer => NativeMethods.wma_tensor_data(Handle);

        public long dim() => IsKnown ? _ndim : ReadInfo()._ndim;

        /// <summary>Size of one dimension; negative: counted from the last.</summary>
        public long size(int dim)
        {
            var all = shape;
            var index = dim < 0 ? dim + all.Length : dim;
            return (uint)index < (uint)all.Length
                ? all[index]
                : throw new TorchException($"size({dim}): the tensor has the shape [{string.Join(", ", all)}]");
        }

        public long[] size() => shape;

        public long numel() => IsKnown ? _numel : ReadInfo()._numel;

        public long element_size() => ElementSize(dtype);

        public bool is_contiguous() => NativeMethods.wma_tensor_is_contiguous(Handle, 0) == 1;

        public unsafe long[] stride()
        {
            TensorInfo info;
            NativeMethods.Check(NativeMethods.wma_tensor_info(Handle, &info), "stride");
            return new ReadOnlySpan<long>(info.Strides, info.NDim).ToArray();
        }

        /// <summary>Typed access to the elements (copies to the host where needed).</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        /// <summary>The single element of a one-element tensor as a number of another type (fractions are cut off).</summary>
        /// <exception cref="TorchException">More or fewer elements than one, or the value does not fit.</exception>
        public T item<T>()
            where T : unmanaged
        {
            var value = Ops.item.CallScalar(this);
            return value.Tag == ArgTag.Double ? ScalarConversion.To<T>(value.Double) : ScalarConversion.To<T>(value.Int);
        }

        public float ToSingle() => item<float>();

        public double ToDouble() => item<double>();

        public long ToInt64() => item<long>();

        public bool ToBoolean() => item<bool>();

        /// <summary>Another handle on the same elements.</summary>
        public Tensor alias() => new(NativeMethods.wma_tensor_retain(Handle));

        /// <summary>Leaves this tensor to the scope around the current owner (to the caller where there is none).</summary>
        /// <exception cref="InvalidOperationException">The scopes are another thread's.</exception>
        public Tensor MoveToOuterDisposeScope()
        {
            var scope = Scope;
            if (scope is null)
                return this;
            scope.RequireOwnThread();
            Scope = null;
            scope.Outer?.Add(this);
            return this;
        }

        /// <summary>From now on only <see cref="Dispose"/> ends this tensor.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope = null;
            return this;
        }

        /// <summary>Releases the native tensor now.</summary>
        public void Dispose()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
                return;
            Scope = null;
            // What was asked before is not told any more: a disposed tensor has no shape.
            _shape = null;
            _device = null;
            Volatile.Write(ref _numel, -1);
            NativeMethods.wma_tensor_release(handle);
            Interlocked.Decrement(ref s_live);
            s_traces?.TryRemove(this, out _);
        }

        public override string ToString() =>
            IsInvalid ? "disposed tensor" : $"[{string.Join(", ", shape)}], type = {dtype}, device = {device}";

        private bool IsKnown => Volatile.Read(ref _numel) >= 0;

        /// <summary>The elements of a contiguous CPU tensor in place, <paramref name="perElement"/> values of T each.</summary>
        internal unsafe Span<T> Elements<T>(long perElement = 1)
            where T : unmanaged
        {
            if (device.type != DeviceType.CPU || !is_contiguous())
                throw new TorchException($"elements of {this}: needs a contiguous CPU tensor; call cpu() and contiguous() first");
            var count = numel() * perElement;
            if (count > int.MaxValue)
                throw new TorchException($"elements of {this}: {count} values do not fit one span; narrow() the tensor first");
            return new Span<T>((void*)NativeMethods.wma_tensor_data(Handle), (int)count);
        }

        internal static int ElementSize(ScalarType type) => type switch
        {
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
            ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
            ScalarType.Int32 or ScalarType.Float32 => 4,
            _ => 8,
        };

        internal static void CheckElementType<T>(ScalarType dtype)
            where T : unmanaged
        {
            var fits = default(T) switch
            {
                float => dtype == ScalarType.Float32,
                double => dtype == ScalarType.Float64,
                long => dtype == ScalarType.Int64,
                int => dtype == ScalarType.Int32,
                short => dtype == ScalarType.Int16,
                sbyte => dtype == ScalarType.Int8,
                byte => dtype is ScalarType.Byte or ScalarType.Bool,
                bool => dtype == ScalarType.Bool,
                Half => dtype == ScalarType.Float16,
                _ => Unsafe.SizeOf<T>() == ElementSize(dtype),
            };
            if (!fits)
                throw new TorchException($"data<{typeof(T).Name}>: the tensor holds {dtype}");
        }

        private static nint ThrowDisposed() => throw new ObjectDisposedException(nameof(Tensor), "this tensor was disposed (its dispose scope ended?)");

        // Asked for on demand: most intermediate tensors are never looked at.
        private unsafe Tensor ReadInfo()
        {
            TensorInfo info;
            NativeMethods.Check(NativeMethods.wma_tensor_info(Handle, &info), "tensor information");
            _ndim = info.NDim;
            _dtype = (ScalarType)info.DType;
            _device = info.DeviceType == 0 ? CPU : new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            _shape = new ReadOnlySpan<long>(info.Sizes, info.NDim).ToArray();
            // Last: other threads that see it may read the rest.
            Volatile.Write(ref _numel, info.NumEl);
            return this;
        }
    }
}
