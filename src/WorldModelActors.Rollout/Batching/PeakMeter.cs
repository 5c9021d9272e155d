namespace WorldModelActors.Rollout;

/// <summary>
/// Peak memory of calls on one device, by its allocator's own counter. The counter is the whole device's: a call during which another
/// one was measured says nothing. CPU allocators count nothing, there every answer is null. Safe for concurrent use.
/// </summary>
internal sealed class PeakMeter
{
    private readonly Lock _lock = new();
    private readonly Func<(long Allocated, long Peak)>? _read;
    private readonly Action? _reset;
    private int _open;
    private long _begun;

    /// <param name="device">Whose memory.</param>
    public PeakMeter(Device device)
    {
        if (device.type != DeviceType.CUDA)
            return;
        var index = Math.Max(0, device.index);
        _read = () => CudaDevice.Allocated(index);
        _reset = () => CudaDevice.ResetPeakMemory(index);
    }

    /// <summary>Reads another counter.</summary>
    internal PeakMeter(Func<(long Allocated, long Peak)> read, Action reset)
    {
        _read = read;
        _reset = reset;
    }

    /// <summary>A call begins.</summary>
    public Call Begin()
    {
        if (_read is null)
            return default;
        lock (_lock)
        {
            if (_open++ == 0)
                _reset!();
            return new Call(++_begun, _open == 1, _read().Allocated);
        }
    }

    /// <summary>A call has ended.</summary>
    /// <returns>Bytes at its peak over what was held before; null where nobody can say.</returns>
    public long? End(Call call)
    {
        if (_read is null)
            return null;
        lock (_lock)
        {
            _open--;
            return call.Alone && call.Number == _begun ? _read().Peak - call.Allocated : null;
        }
    }

    /// <summary>A call that is measured.</summary>
    public readonly record struct Call(long Number, bool Alone, long Allocated);
}
