namespace WorldModelActors.Torch;

/// <summary>A point in a stream's work that other streams can wait for without the host.</summary>
public sealed unsafe class CudaEvent : IDisposable
{
    private nint _handle;

    /// <param name="timing">Keep time stamps for <see cref="ElapsedMilliseconds"/> (slower).</param>
    /// <param name="sleeping">A host that waits for it sleeps instead of spinning, and wakes up some microseconds later.</param>
    public CudaEvent(bool timing = false, bool sleeping = false)
    {
        torch.cuda.Require();
        nint handle;
        NativeMethods.Check(NativeMethods.wma_cuda_event_new(timing ? 1 : sleeping ? 2 : 0, &handle), "new event");
        _handle = handle;
    }

    private nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(CudaEvent));

    /// <summary>True when the work before the event has run.</summary>
    public bool IsComplete
    {
        get
        {
            int done;
            NativeMethods.Check(NativeMethods.wma_cuda_event_query(Handle, &done), "event query");
            return done != 0;
        }
    }

    /// <summary>Marks the stream's present end.</summary>
    public void Record(CudaStream stream) =>
        NativeMethods.Check(NativeMethods.wma_cuda_event_record(Handle, stream.DeviceIndex, stream.Id), "event record");

    /// <summary>Later work of the stream waits for the event; the host does not.</summary>
    public void Block(CudaStream stream) =>
        NativeMethods.Check(NativeMethods.wma_cuda_event_block(Handle, stream.DeviceIndex, stream.Id), "event wait");

    /// <summary>Blocks the host until the event has passed.</summary>
    public void Synchronize() => NativeMethods.Check(NativeMethods.wma_cuda_event_synchronize(Handle), "event synchronize");

    /// <summary>Device time from this event to a later one; both made with timing.</summary>
    public float ElapsedMilliseconds(CudaEvent end)
    {
        float ms;
        NativeMethods.Check(NativeMethods.wma_cuda_event_elapsed(Handle, end.Handle, &ms), "event elapsed time");
        return ms;
    }

    public void Dispose()
    {
        if (_handle != 0)
            NativeMethods.wma_cuda_event_release(_handle);
        _handle = 0;
    }
}
