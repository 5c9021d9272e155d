using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>A tensor in a <see cref="LatentStore"/>, on the device or moved to the host. Guarded by the store's lock.</summary>
internal sealed class LatentEntry(Tensor tensor, LatentOrigin origin, long bytes, long since) : IDisposable
{
    private readonly List<(LatentOwner Owner, int Count)> _references = [(origin.Owner, 1)];
    private readonly List<WeakReference<Tensor>> _loans = [];

    /// <summary>On the device, or, when <see cref="IsOnHost"/>, on the host.</summary>
    public Tensor Tensor { get; private set; } = tensor;

    public bool IsOnHost { get; private set; }

    public LatentOrigin Origin { get; } = origin;

    public long Bytes { get; } = bytes;

    /// <summary>When it was put in.</summary>
    public long Since { get; } = since;

    /// <summary>Who took a reference last, and with which message.</summary>
    public (ActorPath Actor, string Message) Holder { get; set; } = (origin.Made, "it was made");

    /// <summary>Place in the order of use.</summary>
    public LinkedListNode<long>? Use { get; set; }

    /// <summary>After it the tensor may be read by other streams; null on the CPU.</summary>
    public CudaEvent? Ready { get; set; }

    public int References => _references.Sum(r => r.Count);

    /// <summary>Adds to an owner's references.</summary>
    /// <returns>True while anybody holds one.</returns>
    public bool Count(LatentOwner owner, int change)
    {
        var at = _references.FindIndex(r => r.Owner == owner);
        var count = (at < 0 ? 0 : _references[at].Count) + change;
        if (at >= 0)
            _references.RemoveAt(at);
        if (count > 0)
            _references.Add((owner, count));
        return _references.Count > 0;
    }

    /// <summary>Drops the references of an owner.</summary>
    /// <returns>How many there were.</returns>
    public int Drop(LatentOwner owner)
    {
        var count = _references.Find(r => r.Owner == owner).Count;
        _references.RemoveAll(r => r.Owner == owner);
        return count;
    }

    /// <summary>Remembers a tensor that was lent out.</summary>
    public void Lent(Tensor alias)
    {
        _loans.RemoveAll(Returned);
        _loans.Add(new WeakReference<Tensor>(alias));
    }

    /// <summary>True while somebody computes with it.</summary>
    public bool IsLent()
    {
        _loans.RemoveAll(Returned);
        return _loans.Count > 0;
    }

    /// <summary>Takes the tensor's copy in other memory in its place.</summary>
    public void Move(Tensor moved, bool toHost)
    {
        Tensor.Dispose();
        Tensor = moved;
        IsOnHost = toHost;
    }

    public void Dispose()
    {
        Tensor.Dispose();
        Ready?.Dispose();
    }

    private static bool Returned(WeakReference<Tensor> loan) => !loan.TryGetTarget(out var tensor) || tensor.IsInvalid;
}
