using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// The tensors of one device that are on their way between actors: handle to tensor, reference counted. A tensor lives until
/// its last reference is released or its owner is closed. On CUDA each entry carries the event after which it is ready; a
/// consumer's stream waits for that event, never the host. Safe for concurrent use.
/// <para>
/// References are counted by owner: closing one gives back all of its references at once, and a tensor that is put in for a closed
/// owner (an answer on its way to an episode that has died) is freed at once. How much may be held is decided before work begins, by
/// <see cref="LatentCredits"/>; beyond the byte budget what was used least recently moves to the host, where the device has such a space.
/// </para>
/// </summary>
public sealed partial class LatentStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, LatentEntry> _entries = [];
    private readonly HashSet<long> _openOwners = [];
    private readonly TimeProvider _time;
    private long _nextId;
    private long _nextOwner;
    private bool _disposed;

    /// <param name="device">The device whose tensors it holds.</param>
    /// <param name="byteBudget">Bytes on the device; what is above it moves to the host on CUDA.</param>
    /// <param name="hostByteBudget">Bytes on the host.</param>
    /// <param name="name">Name in handles and messages; null: the device's.</param>
    /// <param name="time">Tells how long handles were held; null: the system's clock.</param>
    public LatentStore(
        Device device, long byteBudget = long.MaxValue, long hostByteBudget = long.MaxValue, string? name = null, TimeProvider? time = null)
        : this(device, byteBudget, hostByteBudget, name, time, device.type == DeviceType.CUDA ? new PinnedHostSpace(device) : null)
    {
    }

    internal LatentStore(Device device, long byteBudget, long hostByteBudget, string? name, TimeProvider? time, ISpillSpace? space)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(byteBudget, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(hostByteBudget);
        Device = device;
        Name = name ?? device.ToString();
        _time = time ?? TimeProvider.System;
        _byteBudget = byteBudget;
        _hostByteBudget = hostByteBudget;
        _space = space;
    }

    public Device Device { get; }

    /// <summary>Name in handles and messages.</summary>
    public string Name { get; }

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

    /// <summary>Bytes of live handles on the device.</summary>
    public long Bytes { get; private set; }

    /// <summary>Most bytes on the device so far.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>A new owner for an episode.</summary>
    public LatentOwner OpenOwner(string episode)
    {
        lock (_lock)
        {
            _openOwners.Add(++_nextOwner);
            return new LatentOwner(episode, _nextOwner);
        }
    }

    /// <summary>Gives back everything that an owner holds; whatever is put in for it later is freed at once.</summary>
    /// <returns>What it held: nothing where all went well.</returns>
    public IReadOnlyList<LatentOrigin> CloseOwner(LatentOwner owner)
    {
        lock (_lock)
        {
            _openOwners.Remove(owner.Incarnation);
            return Drop(owner);
        }
    }

    /// <summary>Takes the tensor over (also from its dispose scope) and gives a handle with one reference.</summary>
    /// <exception cref="RolloutException">The tensor alone is larger than the byte budget.</exception>
    public LatentHandle Put(Tensor tensor, LatentOrigin origin)
    {
        var entry = new LatentEntry(tensor.DetachFromDisposeScope(), origin, tensor.numel() * tensor.element_size(), _time.GetTimestamp());
        try
        {
            if (entry.Bytes > _byteBudget)
                throw new RolloutException(TooLarge(entry));
            RecordReady(entry);
            var shape = $"[{string.Join(", ", tensor.shape)}]";
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                var handle = new LatentHandle(Name, ++_nextId, shape, tensor.dtype);
                if (IsClosed(origin.Owner))
                    entry.Dispose();
                else
                    Add(handle.Id, entry);
                return handle;
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
    /// stream waits until the tensor is ready, and the memory is kept until that stream is done with it. A tensor that was moved to the
    /// host comes back first.
    /// </summary>
    /// <exception cref="RolloutException">The handle was released, or belongs to another device.</exception>
    public Tensor Borrow(LatentHandle handle)
    {
        lock (_lock)
        {
            var entry = Find(handle);
            Used(handle.Id, entry);
            WaitUntilReady(entry);
            BringBack(entry);
            var tensor = entry.Tensor.alias();
            if (entry.Ready is not null)
                tensor.RecordStream(CurrentStream());
            if (_space is not null)
                entry.Lent(tensor);
            return tensor;
        }
    }

    /// <summary>The values behind a handle, row-major, as float32 in the host's memory.</summary>
    /// <exception cref="RolloutException">The handle was released, or belongs to another device.</exception>
    public float[] Read(LatentHandle handle)
    {
        using var scope = NewDisposeScope();
        return Borrow(handle).to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>One more reference, for one more receiver; none where the maker's owner is closed, for nobody would give it back.</summary>
    public LatentHandle Retain(LatentHandle handle)
    {
        lock (_lock)
        {
            var entry = Find(handle);
            if (!IsClosed(entry.Origin.Owner))
                entry.Count(entry.Origin.Owner, 1);
        }
        return handle;
    }

    /// <summary>One more reference, which is another owner's.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="owner">Who gives it back, with <see cref="Release(LatentHandle, LatentOwner)"/> or at its end.</param>
    /// <param name="holder">The actor that takes it.</param>
    /// <param name="message">The message with which it does.</param>
    public LatentHandle Retain(LatentHandle handle, LatentOwner owner, ActorPath holder, string message)
    {
        lock (_lock)
        {
            var entry = Find(handle);
            if (!IsClosed(owner))
                entry.Count(owner, 1);
            entry.Holder = (holder, message);
        }
        return handle;
    }

    /// <summary>Notes who took a handle over and with which message, for the report of handles that nobody releases.</summary>
    public void TakenOver(LatentHandle handle, ActorPath holder, string message)
    {
        RequireOwn(handle);
        lock (_lock)
        {
            if (_entries.TryGetValue(handle.Id, out var entry))
                entry.Holder = (holder, message);
        }
    }

    /// <summary>True until a handle's last reference is released.</summary>
    public bool Holds(LatentHandle handle)
    {
        lock (_lock)
            return handle.Device == Name && _entries.ContainsKey(handle.Id);
    }

    /// <summary>Gives one reference of its maker's owner back; the last one frees the tensor.</summary>
    /// <exception cref="RolloutException">The handle belongs to another device.</exception>
    public void Release(LatentHandle handle)
    {
        RequireOwn(handle);
        lock (_lock)
        {
            // Owners are closed as a whole, possibly before a late release of one of their handles arrives.
            if (_entries.TryGetValue(handle.Id, out var entry) && !entry.Count(entry.Origin.Owner, -1))
                Remove(handle.Id, entry);
        }
    }

    /// <summary>Gives one reference of an owner back; the last one frees the tensor.</summary>
    /// <exception cref="RolloutException">The handle belongs to another device.</exception>
    public void Release(LatentHandle handle, LatentOwner owner)
    {
        RequireOwn(handle);
        lock (_lock)
        {
            if (_entries.TryGetValue(handle.Id, out var entry) && !entry.Count(owner, -1))
                Remove(handle.Id, entry);
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

    private bool IsClosed(LatentOwner owner) => owner.Incarnation != 0 && !_openOwners.Contains(owner.Incarnation);

    // Numbers are given out by each store: another device's handle would name some other tensor here.
    private void RequireOwn(LatentHandle handle)
    {
        if (handle.Device != Name)
            throw new RolloutException($"the handle {handle} belongs to another device than {Name}");
    }

    private LatentEntry Find(LatentHandle handle)
    {
        RequireOwn(handle);
        return _entries.TryGetValue(handle.Id, out var entry)
            ? entry
            : throw new RolloutException($"the handle {handle} was released already");
    }

    private List<LatentOrigin> Drop(LatentOwner owner)
    {
        List<LatentOrigin> held = [];
        foreach (var (id, entry) in _entries.ToList())
        {
            var references = entry.Drop(owner);
            if (references == 0)
                continue;
            var holding = new LatentHolding(
                entry.Holder.Actor, entry.Holder.Message, _time.GetElapsedTime(entry.Since), references, entry.Bytes);
            held.Add(entry.Origin with { Holding = holding });
            if (entry.References == 0)
                Remove(id, entry);
        }
        return held;
    }

    private string TooLarge(LatentEntry entry) =>
        $"{entry.Origin.What} of episode {entry.Origin.Episode} takes {entry.Bytes} bytes, the latent store of {Name} has {_byteBudget} in all; "
        + "raise wma.device.latent-store-bytes";
}
