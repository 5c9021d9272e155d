namespace WorldModelActors.Rollout;

/// <summary>Tells the observer what a device's lanes do.</summary>
/// <param name="observer">Who is told.</param>
/// <param name="time">The node's clock.</param>
/// <param name="device">Name of the device.</param>
internal sealed class LaneRecorder(IRolloutObserver observer, TimeProvider time, string device)
{
    /// <summary>A timestamp to hand to <see cref="Worked"/>.</summary>
    public long Now() => time.GetTimestamp();

    /// <summary>A piece of work has ended now.</summary>
    /// <param name="lane">Who worked.</param>
    /// <param name="what">What it was.</param>
    /// <param name="since">When it began.</param>
    /// <param name="items">Size of the batch.</param>
    /// <param name="subjects">For whom.</param>
    public void Worked(Lane lane, string what, long since, int items, params IReadOnlyList<LaneSubject> subjects) =>
        observer.LaneWorked(new LaneSpan(lane, lane == Lane.Write ? "" : device, what, since, time.GetTimestamp(), items, subjects));

    /// <summary>Something works more slowly than it should.</summary>
    public void Degraded(string what) => observer.Degraded(device, what);

    /// <summary>So many requests wait for a lane.</summary>
    public void Waiting(Lane lane, int requests) => observer.QueueChanged(lane, lane == Lane.Write ? "" : device, requests);

    /// <summary>A call of so many items ran out of memory.</summary>
    public void RanOutOfMemory(Lane lane, int items) => observer.MemoryRanOut(lane, device, items);
}
