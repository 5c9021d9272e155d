using System.Diagnostics;

namespace WorldModelActors.Torch;

/// <summary>A point in a stream's work. Without streams the host waits for it where it is recorded: from then on it has passed.</summary>
public sealed class CudaEvent : IDisposable
{
    private long _recorded;

    /// <param name="timing">Time stamps are kept anyway; they are the host's.</param>
    /// <param name="sleeping">The host waits as CUDA does by default.</param>
    public CudaEvent(bool timing = false, bool sleeping = false) => Fallback.Streams.Say();

    /// <summary>True when the work before the event has run.</summary>
    public bool IsComplete => true;

    /// <summary>Waits for the stream's present end.</summary>
    public void Record(CudaStream stream)
    {
        stream.Synchronize();
        _recorded = Stopwatch.GetTimestamp();
    }

    /// <summary>The event has passed: nothing waits.</summary>
    public void Block(CudaStream stream)
    {
    }

    /// <summary>The event has passed.</summary>
    public void Synchronize()
    {
    }

    /// <summary>Time from this event to a later one, by the host's clock.</summary>
    public float ElapsedMilliseconds(CudaEvent end) => (float)Stopwatch.GetElapsedTime(_recorded, end._recorded).TotalMilliseconds;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
