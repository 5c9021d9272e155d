namespace WorldModelActors.Benchmarks;

/// <summary>Times work on a stream by events; the stream is current on the calling thread.</summary>
internal sealed class DeviceTimer(CudaStream stream)
{
    public CudaStream Stream => stream;

    /// <summary>Median milliseconds of device time, from submission to end.</summary>
    /// <param name="work">Submits the work.</param>
    /// <param name="repeats">Timed runs.</param>
    /// <param name="warmUp">Runs before.</param>
    public double Milliseconds(Action work, int repeats, int warmUp = 2)
    {
        for (var i = 0; i < warmUp; i++)
            work();
        var times = new double[repeats];
        using var start = new CudaEvent(timing: true);
        using var end = new CudaEvent(timing: true);
        for (var i = 0; i < repeats; i++)
        {
            start.Record(stream);
            work();
            end.Record(stream);
            end.Synchronize();
            times[i] = start.ElapsedMilliseconds(end);
        }
        Array.Sort(times);
        return times[repeats / 2];
    }

    /// <summary>Milliseconds until the host has submitted everything.</summary>
    public double HostMilliseconds(Action work)
    {
        stream.Synchronize();
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        work();
        var time = System.Diagnostics.Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        stream.Synchronize();
        return time;
    }
}
