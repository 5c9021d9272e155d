namespace WorldModelActors.Rollout;

/// <summary>What is where: bytes on the device and on the host, and the way between them.</summary>
public sealed partial class LatentStore
{
    private readonly long _byteBudget;
    private readonly long _hostByteBudget;
    private readonly ISpillSpace? _space;

    /// <summary>Ids from the least to the most recently used.</summary>
    private readonly LinkedList<long> _order = [];

    /// <summary>Bytes of live handles on the host.</summary>
    public long HostBytes { get; private set; }

    /// <summary>Times that a tensor was moved to the host.</summary>
    public long Spills { get; private set; }

    /// <summary>Bytes that it may hold, wherever they are.</summary>
    public long Capacity => _space is null || _hostByteBudget > long.MaxValue - _byteBudget ? _byteBudget : _byteBudget + _hostByteBudget;

    /// <summary>
    /// Moves what was used least recently to the host until the device's budget is kept. What is being computed with stays, and so does
    /// everything where the host is full: then the budget is passed for the moment, because the work that holds the credit must end.
    /// </summary>
    private void MakeRoom(LatentEntry keep)
    {
        if (_space is null)
            return;
        for (var node = _order.First; node is not null && Bytes > _byteBudget; node = node.Next)
        {
            var entry = _entries[node.Value];
            if (entry == keep || entry.IsOnHost || HostBytes + entry.Bytes > _hostByteBudget || entry.IsLent())
                continue;
            WaitUntilReady(entry);
            if (entry.Ready is not null)
                entry.Tensor.RecordStream(CurrentStream());
            entry.Move(_space.ToHost(entry.Tensor), toHost: true);
            RecordReady(entry);
            Bytes -= entry.Bytes;
            HostBytes += entry.Bytes;
            Spills++;
        }
    }

    private void BringBack(LatentEntry entry)
    {
        if (!entry.IsOnHost)
            return;
        entry.Move(_space!.ToDevice(entry.Tensor), toHost: false);
        RecordReady(entry);
        HostBytes -= entry.Bytes;
        Occupy(entry.Bytes);
        MakeRoom(entry);
    }

    private void Occupy(long bytes)
    {
        Bytes += bytes;
        PeakBytes = Math.Max(PeakBytes, Bytes);
    }

    private void Used(long id, LatentEntry entry)
    {
        if (entry.Use is { } node)
            _order.Remove(node);
        entry.Use = _order.AddLast(id);
    }

    private void Add(long id, LatentEntry entry)
    {
        _entries.Add(id, entry);
        Used(id, entry);
        Occupy(entry.Bytes);
        try
        {
            MakeRoom(entry);
        }
        catch
        {
            // The host gave no memory: nobody gets a handle, so nothing of it may stay.
            Remove(id, entry);
            throw;
        }
    }

    private void Remove(long id, LatentEntry entry)
    {
        _entries.Remove(id);
        _order.Remove(entry.Use!);
        if (entry.IsOnHost)
            HostBytes -= entry.Bytes;
        else
            Bytes -= entry.Bytes;
        entry.Dispose();
    }

    private void RecordReady(LatentEntry entry)
    {
        if (Device.type != DeviceType.CUDA)
            return;
        entry.Ready ??= new CudaEvent();
        entry.Ready.Record(CurrentStream());
    }

    private void WaitUntilReady(LatentEntry entry) => entry.Ready?.Block(CurrentStream());

    private CudaStream CurrentStream() => CudaStream.Current(Math.Max(0, Device.index));
}
