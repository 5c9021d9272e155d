using WorldModelActors.Rollout;
using WorldModelActors.Telemetry;

namespace WorldModelActors.Benchmarks;

/// <summary>Hears a node for one run after another: busy time of the lanes, steps, what went wrong.</summary>
internal sealed class LaneWatch : IRolloutObserver
{
    private volatile LaneOccupancy _occupancy = New();
    private volatile IRolloutObserver? _trace;

    /// <summary>What was degraded, retried or leaked.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Notes { get; } = new();

    /// <summary>A run begins.</summary>
    public void Begin(IRolloutObserver? trace = null)
    {
        _occupancy = New();
        _trace = trace;
    }

    /// <summary>Seconds that each lane of each device was busy since <see cref="Begin"/>.</summary>
    public IReadOnlyDictionary<string, double> Busy() =>
        _occupancy.BusyTimes().ToDictionary(b => $"{b.Key.Device} {b.Key.Lane}", b => b.Value.TotalSeconds);

    public void LaneWorked(in LaneSpan span)
    {
        _occupancy.LaneWorked(span);
        _trace?.LaneWorked(span);
    }

    public void EpisodeStarted(EpisodePlan plan) => _trace?.EpisodeStarted(plan);

    public void IterationStarted(string episode, int iteration) => _trace?.IterationStarted(episode, iteration);

    public void IterationCompleted(string episode, int iteration, PhaseTimes times) => _trace?.IterationCompleted(episode, iteration, times);

    public void EpisodeEnded(EpisodeResult result) => _trace?.EpisodeEnded(result);

    public void Degraded(string device, string what) => Notes.Enqueue($"{device}: {what}");

    public void Retrying(string episode, string what, Exception cause, int attempt) => Notes.Enqueue($"{episode}: {what} failed: {cause.Message}");

    public void MemoryRanOut(Lane lane, string device, int items) => Notes.Enqueue($"{device}: out of memory with {items} in a call ({lane})");

    public void HandlesLeaked(string episode, IReadOnlyList<LatentOrigin> held) => Notes.Enqueue($"{episode}: {held.Count} handles leaked ({held[0]})");

    private static LaneOccupancy New() => new(TimeProvider.System, TimeSpan.FromMinutes(10));
}
