using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>A sweep and how far it is.</summary>
public sealed record SweepSummary
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required JsonObject Spec { get; init; }

    public required DateTimeOffset PlannedAt { get; init; }

    /// <summary>Episodes by state; states without episodes are absent.</summary>
    public required IReadOnlyDictionary<JournalState, int> Episodes { get; init; }

    /// <summary>Iterations of all episodes; of failed and cancelled ones only those that are committed.</summary>
    public required long Iterations { get; init; }

    /// <summary>Committed iterations.</summary>
    public required long Committed { get; init; }

    /// <summary>Committed frames.</summary>
    public required long Frames { get; init; }

    /// <summary>Iterations committed within <see cref="StoreSummary.Window"/>.</summary>
    public required long RecentIterations { get; init; }

    /// <summary>Frames committed within <see cref="StoreSummary.Window"/>.</summary>
    public required long RecentFrames { get; init; }

    /// <summary>Iterations left to do.</summary>
    public long RemainingIterations => Iterations - Committed;

    /// <summary>Episodes of the sweep.</summary>
    public int Count => Episodes.Values.Sum();

    /// <summary>Episodes that have ended.</summary>
    public int Ended => Episodes.Where(pair => pair.Key.IsEnded()).Sum(pair => pair.Value);
}

/// <summary>The store at one moment.</summary>
/// <param name="At">The moment, by the store's clock.</param>
/// <param name="Window">Span behind the throughput: until now, as long as asked for or since the first commit if that is shorter.</param>
/// <param name="Sweeps">Every sweep, oldest first.</param>
/// <param name="Nodes">Nodes that have not left.</param>
public sealed record StoreSummary(DateTimeOffset At, TimeSpan Window, IReadOnlyList<SweepSummary> Sweeps, IReadOnlyList<NodeView> Nodes)
{
    /// <summary>Iterations per second over the window; 0 without commits.</summary>
    public double IterationsPerSecond => Window > TimeSpan.Zero ? Sweeps.Sum(sweep => sweep.RecentIterations) / Window.TotalSeconds : 0;

    /// <summary>Frames per second over the window; 0 without commits.</summary>
    public double FramesPerSecond => Window > TimeSpan.Zero ? Sweeps.Sum(sweep => sweep.RecentFrames) / Window.TotalSeconds : 0;

    /// <summary>Time until the remaining iterations are done at this rate; null where there is none.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            var left = Sweeps.Sum(sweep => sweep.RemainingIterations);
            if (left == 0)
            {
                return TimeSpan.Zero;
            }

            return IterationsPerSecond > 0 ? TimeSpan.FromSeconds(Math.Min(left / IterationsPerSecond, TimeSpan.MaxValue.TotalSeconds / 2)) : null;
        }
    }
}
