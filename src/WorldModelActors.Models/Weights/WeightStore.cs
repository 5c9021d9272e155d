namespace WorldModelActors.Models;

/// <summary>
/// The root of an <see cref="IWeights"/> tree: records the schema, makes each tensor once, and owns all of them until it is
/// disposed. Networks are built on one thread.
/// </summary>
public abstract class WeightStore : IWeights, IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <param name="device">Where the tensors live.</param>
    /// <param name="dtype">Compute type of parameters; buffers stay float32.</param>
    protected WeightStore(Device device, ScalarType dtype)
    {
        Device = device;
        Dtype = dtype;
    }

    /// <summary>Where the tensors live.</summary>
    public Device Device { get; }

    /// <summary>Compute type of parameters; buffers stay float32.</summary>
    public ScalarType Dtype { get; }

    /// <summary>Every key declared so far.</summary>
    public WeightSchema Schema { get; } = new();

    /// <inheritdoc/>
    public string Prefix => "";

    /// <summary>Bytes of the tensors handed out (a mapped tensor counts too; shared ones once).</summary>
    public long ByteCount => _tensors.Values.Distinct<Tensor>(ReferenceEqualityComparer.Instance).Sum(t => t.numel() * t.element_size());

    /// <inheritdoc/>
    public Tensor Parameter(string name, params ReadOnlySpan<long> shape) => Get(name, shape, isBuffer: false);

    /// <inheritdoc/>
    public Tensor Buffer(string name, params ReadOnlySpan<long> shape) => Get(name, shape, isBuffer: true);

    /// <inheritdoc/>
    public void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false) => Schema.Declare(name, shape, isBuffer, isUsed: false);

    /// <inheritdoc/>
    public void Repeated(string name, string earlier, ReadOnlySpan<long> shape) => Schema.DeclareRepeated(name, earlier, shape);

    /// <inheritdoc/>
    public IWeights Scope(string name) => new View(this, name + ".");

    /// <summary>Disposes every tensor that was handed out.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            // A tensor that has several names is disposed by the first.
            foreach (var tensor in _tensors.Values)
            {
                tensor.Dispose();
            }

            _tensors.Clear();
            Dispose(true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the tensor of a key; <paramref name="dtype"/> is what it must have. Called once per key.</summary>
    protected abstract Tensor Make(WeightKey key, ScalarType dtype);

    /// <summary>Releases what a derived class holds besides the tensors.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private Tensor Get(string name, ReadOnlySpan<long> shape, bool isBuffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var key = Schema.Declare(name, shape, isBuffer, isUsed: true);
        if (!_tensors.TryGetValue(name, out var tensor))
        {
            // Weights outlive every scope, also one that happens to be open while a network is built.
            tensor = Arrange(Make(key, isBuffer ? ScalarType.Float32 : Dtype), key).DetachFromDisposeScope();
            _tensors.Add(name, tensor);
        }

        return tensor;
    }

    /// <summary>On CUDA the kernels of convolutions lie channels last, as the tensor cores read them.</summary>
    private Tensor Arrange(Tensor tensor, WeightKey key)
    {
        if (Device.type != DeviceType.CUDA)
        {
            return tensor;
        }

        // Of three axes: kernels along a line; positional embeddings are not called weights.
        if (tensor.dim() == 3 && tensor.size(2) > 1 && key.Name.EndsWith(".weight", StringComparison.Ordinal))
        {
            using var scope = NewDisposeScope();
            var arranged = tensor.transpose(1, 2).contiguous().transpose(1, 2).MoveToOuterDisposeScope();
            tensor.Dispose();
            return arranged;
        }

        if (tensor.dim() is not (4 or 5))
        {
            return tensor;
        }

        var format = tensor.dim() == 4 ? MemoryFormat.ChannelsLast : MemoryFormat.ChannelsLast3d;
        if (tensor.IsContiguous(format))
        {
            return tensor;
        }

        using (tensor)
        {
            return tensor.Contiguous(format);
        }
    }

    private sealed class View(WeightStore store, string prefix) : IWeights
    {
        public string Prefix => prefix;

        public Tensor Parameter(string name, params ReadOnlySpan<long> shape) => store.Parameter(prefix + name, shape);

        public Tensor Buffer(string name, params ReadOnlySpan<long> shape) => store.Buffer(prefix + name, shape);

        public void Unused(string name, ReadOnlySpan<long> shape, bool isBuffer = false) => store.Unused(prefix + name, shape, isBuffer);

        public void Repeated(string name, string earlier, ReadOnlySpan<long> shape) => store.Repeated(prefix + name, prefix + earlier, shape);

        public IWeights Scope(string name) => new View(store, $"{prefix}{name}.");
    }
}
