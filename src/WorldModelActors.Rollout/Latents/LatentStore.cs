namespace WorldModelActors.Rollout;

/// <summary>
/// The tensors of one device that are on their way between actors: handle to tensor, reference counted. A tensor lives until
/// its last reference is released or its episode ends. On CUDA each entry carries the event after which it is ready; a
/// consumer's stream waits for that event, never the host. Safe for concurrent use.
/// </summary>
public sealed class LatentStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly string _deviceName;
    private readonly long _byteBudget;
    private long _nextId;
    private bool _disposed;

    /// <param name="device">The device whose tensors it holds.</param>
    /// <param name="byteBudget">Most bytes at a time; more is an error that names the largest holders.</param>
    public LatentStore(Device device, long byteBudget = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(byteBudget, 1);
        Device = device;
        _deviceName = device.ToString();
        _byteBudget = byteBudget;
    }

    public Device Device { get; }

    /// <summary>Live handles.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Episodes that hold something here: those that run on the device.</summary>
    public int Episodes
    {
        get
        {
            lock (_lock)
                return _entries.Values.Select(e => e.Origin.Episode).Distinct().Count();
        }
    }

    /// <summary>True until a handle's last reference is released.</summary>
    public bool Holds(LatentHandle handle)
    {
        lock (_lock)
            return handle.Device == _deviceName && _entries.ContainsKey(handle.Id);
    }

    /// <summary>Bytes in live handles.</summary>
    public long Bytes { get; private set; }

    /// <summary>Most bytes so far.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Takes the tensor over (also from its dispose scope) and gives a handle with one reference.</summary>
    /// <exception cref="RolloutException">The byte budget is used up.</exception>
    public LatentHandle Put(Tensor tensor, LatentOrigin origin)
    {
        var entry = new Entry(tensor.DetachFromDisposeScope(), origin, tensor.numel() * tensor.element_size());
        try
        {
            if (Device.type == DeviceType.CUDA)
            {
                entry.Ready = new CudaEvent();
                entry.Ready.Record(CudaStream.Current(Math.Max(0, Device.index)));
            }
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (Bytes + entry.Bytes > _byteBudget)
                    throw new RolloutException(OverBudget(entry));
                var id = ++_nextId;
                _entries.Add(id, entry);
                Bytes += entry.Bytes;
                PeakBytes = Math.Max(PeakBytes, Bytes);
                return new LatentHandle(_deviceName, id, $"[{string.Join(", ", tensor.shape)}]", tensor.dtype);
            }
        }
        catch
        {
            entry.Dispose();
            throw;
        }
    }

    /// <summary>Puts host values on the device.</summary>
    public LatentHandle Put(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, LatentOrigin origin)
    {
        using var scope = NewDisposeScope();
        return Put(torch.tensor(values.ToArray(), shape, device: Device), origin);
    }

    /// <summary>
    /// The tensor behind a handle, as a handle of the caller's own (in its dispose scope). On CUDA the caller's current
    /// stream waits until the tensor is ready, and the memory is kept until that stream is done with it.
    /// </summary>
    /// <exception cref="RolloutException">The handle was released, or belongs to another device.</exception>
    public Tensor Borrow(LatentHandle handle)
    {
        lock (_lock)
        {
            var entry = Find(handle);
            var tensor = entry.Tensor.alias();
            if (entry.Ready is not null)
            {
                var stream = CudaStream.Current(Math.Max(0, Device.index));
                entry.Ready.Block(stream);
                tensor.RecordStream(stream);
            }
            return tensor;
        }
    }

    /// <summary>One more reference, for one more receiver.</summary>
    public LatentHandle Retain(LatentHandle handle)
    {
        lock (_lock)
            Find(handle).References++;
        return handle;
    }

    /// <summary>Gives one reference back; the last one frees the tensor.</summary>
    public void Release(LatentHandle handle)
    {
        lock (_lock)
        {
            // Whole episodes are released at their end, possibly before a late release of one of their handles arrives.
            if (!_entries.TryGetValue(handle.Id, out var entry))
                return;
            if (--entry.References == 0)
                Remove(handle.Id, entry);
        }
    }

    /// <summary>Frees everything that an episode still holds.</summary>
    /// <returns>What it held: nothing after an episode that went well.</returns>
    public IReadOnlyList<LatentOrigin> ReleaseEpisode(string episode)
    {
        lock (_lock)
        {
            var held = _entries.Where(e => e.Value.Origin.Episode == episode).ToList();
            foreach (var (id, entry) in held)
                Remove(id, entry);
            return held.ConvertAll(e => e.Value.Origin);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var (id, entry) in _entries.ToList())
                Remove(id, entry);
        }
    }

    private Entry Find(LatentHandle handle)
    {
        if (handle.Device != _deviceName)
            throw new RolloutException($"the handle {handle} belongs to another device than {_deviceName}");
        return _entries.TryGetValue(handle.Id, out var entry)
            ? entry
            : throw new RolloutException($"the handle {handle} was released already");
    }

    private void Remove(long id, Entry entry)
    {
        _entries.Remove(id);
        Bytes -= entry.Bytes;
        entry.Dispose();
    }

    private string OverBudget(Entry entry)
    {
        var holders = _entries.Values.GroupBy(e => e.Origin.Episode).OrderByDescending(g => g.Sum(e => e.Bytes)).Take(3)
            .Select(g => $"{g.Key} {g.Sum(e => e.Bytes)}");
        return $"the latent store of {_deviceName} is full: {Bytes} of {_byteBudget} bytes are held ({string.Join(", ", holders)}), "
            + $"{entry.Bytes} more were asked for {entry.Origin.What}; raise wma.device.latent-store-bytes or run fewer episodes at once";
    }

    private sealed class Entry(Tensor tensor, LatentOrigin origin, long bytes) : IDisposable
    {
        public Tensor Tensor { get; } = tensor;

        public LatentOrigin Origin { get; } = origin;

        public long Bytes { get; } = bytes;

        public int References { get; set; } = 1;

        public CudaEvent? Ready { get; set; }

        public void Dispose()
        {
            Tensor.Dispose();
            Ready?.Dispose();
        }
    }
}
