namespace WorldModelActors.Engine.Akka;

/// <summary>
/// Wakes the engine at a time, by the clock that its system was given. Not by Akka's scheduler: its wheel ticks every 10 ms at best, and batches wait
/// 5 ms for company.
/// </summary>
internal sealed class PortClock(TimeProvider time)
{
    public IDisposable StartSingle(TimeSpan delay, Action ring) =>
        time.CreateTimer(static ring => ((Action)ring!).Invoke(), ring, delay, Timeout.InfiniteTimeSpan);
}
