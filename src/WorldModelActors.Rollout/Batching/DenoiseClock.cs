namespace WorldModelActors.Rollout;

/// <summary>
/// Times denoising steps. On the CPU a step has ended when its call returns. On CUDA the call only queues the work: the host runs at most one
/// step ahead of the device, so that the device has work and the host still learns what steps take, and hears of samples that come and go.
/// </summary>
/// <param name="device">Where the steps run.</param>
/// <param name="time">The node's clock.</param>
internal sealed class DenoiseClock(Device device, TimeProvider time) : IDisposable
{
    private readonly CudaEvent?[] _events = new CudaEvent?[2];
    private (long Start, CudaEvent Ended, Action<long, double> Tell)? _running;
    private int _turn;
    private long _lastEnd = long.MinValue;

    /// <summary>A timestamp to hand to <see cref="Launched"/>.</summary>
    public long Now() => time.GetTimestamp();

    /// <summary>A step was launched on the current stream, and on the CPU has ended.</summary>
    /// <param name="start">When its launch began.</param>
    /// <param name="tell">Called when it has ended, with the timestamp from which on it had the device for itself and its seconds.</param>
    public void Launched(long start, Action<long, double> tell)
    {
        if (device.type != DeviceType.CUDA)
        {
            Ended(start, tell);
            return;
        }
        var ended = _events[_turn] ??= new CudaEvent(sleeping: true);
        _turn ^= 1;
        ended.Record(CudaStream.Current(Math.Max(0, device.index)));
        Settle();
        _running = (start, ended, tell);
    }

    /// <summary>Waits for the step that still runs.</summary>
    public void Settle()
    {
        if (_running is not { } step)
            return;
        _running = null;
        step.Ended.Synchronize();
        Ended(step.Start, step.Tell);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _running = null;
        foreach (var ended in _events)
            ended?.Dispose();
    }

    private void Ended(long start, Action<long, double> tell)
    {
        var from = Math.Max(start, _lastEnd);
        _lastEnd = time.GetTimestamp();
        tell(from, time.GetElapsedTime(from, _lastEnd).TotalSeconds);
    }
}
