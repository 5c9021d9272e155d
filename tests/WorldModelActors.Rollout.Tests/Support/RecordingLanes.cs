using System.Collections.Concurrent;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Keeps what the lanes report.</summary>
internal sealed class RecordingLanes : IRolloutObserver
{
    public ConcurrentQueue<LaneSpan> Spans { get; } = new();

    public ConcurrentQueue<int> Depths { get; } = new();

    /// <summary>Runs at the n-th span, from 1; may throw.</summary>
    public Action<int>? OnSpan { get; set; }

    public void LaneWorked(in LaneSpan span)
    {
        Spans.Enqueue(span);
        OnSpan?.Invoke(Spans.Count);
    }

    public void QueueChanged(Lane lane, string device, int requests) => Depths.Enqueue(requests);
}
