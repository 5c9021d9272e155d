using System.Collections.Concurrent;
using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry;

/// <summary>Keeps the spans of a short run in memory, for a picture of it.</summary>
public sealed class LaneLog : IRolloutObserver
{
    /// <summary>Spans kept; a picture shows no more.</summary>
    private const int Most = 100_000;

    private readonly ConcurrentQueue<LaneSpan> _spans = new();

    /// <summary>Everything so far, in the order of the ends.</summary>
    public IReadOnlyList<LaneSpan> Spans => [.. _spans];

    /// <inheritdoc/>
    public void LaneWorked(in LaneSpan span)
    {
        if (_spans.Count < Most)
            _spans.Enqueue(span);
    }
}
