using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using WorldModelActors.Engine;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Telemetry;

/// <summary>
/// The meters of a node (System.Diagnostics.Metrics, meter <c>WorldModelActors.Rollout</c>): anything that listens to meters
/// sees them, <c>dotnet-counters</c> and <see cref="OtlpExport"/> among them. docs/telemetry.md names every instrument.
/// </summary>
public sealed class RolloutMeter : IRolloutObserver, IEngineEvents, IDisposable
{
    private static readonly InstrumentAdvice<int> s_sizes = new() { HistogramBucketBoundaries = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64] };
    private static readonly InstrumentAdvice<double> s_seconds = new() { HistogramBucketBoundaries = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300] };

    private readonly Meter _meter = new(MeterNames.Meter);
    private readonly TimeProvider _time;
    private readonly LaneOccupancy _occupancy;
    private readonly ConcurrentDictionary<(string Device, Lane Lane), int> _queues = new();
    private readonly ConcurrentDictionary<string, int> _running = new();
    private readonly Histogram<int> _batches;
    private readonly Histogram<double> _calls;
    private readonly Histogram<double> _phases;
    private readonly Counter<long> _outOfMemory;
    private readonly Counter<long> _leaked;
    private readonly Counter<long> _decoded;
    private readonly Counter<long> _written;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _iterations;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _anew;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _restarts;

    /// <param name="time">The node's clock.</param>
    /// <param name="occupancy">The lanes' busy time; told by the same node.</param>
    /// <param name="handles">Bytes in handles.</param>
    public RolloutMeter(TimeProvider time, LaneOccupancy occupancy, HandleBytes handles)
    {
        _time = time;
        _occupancy = occupancy;
        _batches = _meter.CreateHistogram(MeterNames.BatchSize, "{item}", "Samples, frames or observations in a call of a network", null, s_sizes);
        _calls = _meter.CreateHistogram(MeterNames.CallDuration, "s", "Time of one piece of work of a lane", null, s_seconds);
        _phases = _meter.CreateHistogram(MeterNames.PhaseDuration, "s", "Time that an iteration spent in a phase", null, s_seconds);
        _outOfMemory = _meter.CreateCounter<long>(MeterNames.OutOfMemory, "{call}", "Calls that ran out of memory");
        _leaked = _meter.CreateCounter<long>(MeterNames.HandlesLeaked, "{handle}", "Handles that nobody had released when their episode ended");
        _decoded = _meter.CreateCounter<long>(MeterNames.FramesDecoded, "{frame}", "Frames decoded");
        _written = _meter.CreateCounter<long>(MeterNames.FramesWritten, "{frame}", "Frames in videos");
        _steps = _meter.CreateCounter<long>(MeterNames.Steps, "{step}", "Denoising steps of samples");
        _iterations = _meter.CreateCounter<long>(MeterNames.Iterations, "{iteration}", "Iterations completed");
        _ended = _meter.CreateCounter<long>(MeterNames.EpisodesEnded, "{episode}", "Episodes that have ended");
        _anew = _meter.CreateCounter<long>(MeterNames.EpisodesRestarted, "{episode}", "Episodes that failed and started anew from their last committed iteration");
        _retries = _meter.CreateCounter<long>(MeterNames.Retries, "{request}", "Requests that failed and were made again");
        _restarts = _meter.CreateCounter<long>(MeterNames.Restarts, "{restart}", "Actors restarted after a failure");
        _meter.CreateObservableGauge(MeterNames.QueueDepth, Queues, "{request}", "Requests that wait for a lane");
        _meter.CreateObservableCounter(MeterNames.BusyTime, BusyTimes, "s", "Time that a lane worked");
        _meter.CreateObservableGauge(MeterNames.BusyShare, BusyShares, "1", "Share of the last seconds that a lane worked");
        _meter.CreateObservableUpDownCounter(MeterNames.EpisodesRunning, () => _running.Count, "{episode}", "Episodes that are running");
        _meter.CreateObservableUpDownCounter(MeterNames.HandleBytes, () => Handles(handles), "By", "Bytes in live handles of the latent store");
    }

    /// <inheritdoc/>
    public void EpisodeStarted(EpisodePlan plan) => _running[plan.Id] = 0;

    /// <inheritdoc/>
    public void StepDone(string episode, int iteration, SamplingPhase phase, int step, int steps) =>
        _steps.Add(1, Tag("phase", phase.ToString().ToLowerInvariant()));

    /// <inheritdoc/>
    public void IterationCompleted(string episode, int iteration, PhaseTimes times)
    {
        _iterations.Add(1);
        foreach (var (phase, took) in new[] { ("embed", times.Embed), ("policy", times.Policy), ("world", times.World), ("decode", times.Decode), ("write", times.Write) })
            _phases.Record(took.TotalSeconds, Tag("phase", phase));
    }

    /// <inheritdoc/>
    public void FramesWritten(string episode, int frames)
    {
        // Told as the number so far; an episode that began anew tells less than before.
        var before = 0;
        _running.AddOrUpdate(episode, frames, (_, last) =>
        {
            before = last;
            return Math.Max(last, frames);
        });
        if (frames > before)
            _written.Add(frames - before);
    }

    /// <inheritdoc/>
    public void Retrying(string episode, string what, Exception cause, int attempt) => _retries.Add(1, Tag("request", what));

    /// <inheritdoc/>
    public void EpisodeRestarting(string episode, int iteration, Exception cause) => _anew.Add(1);

    /// <inheritdoc/>
    public void EpisodeEnded(EpisodeResult result)
    {
        _running.TryRemove(result.Id, out _);
        _ended.Add(1, Tag("status", result.Status.ToString().ToLowerInvariant()));
    }

    /// <inheritdoc/>
    public void LaneWorked(in LaneSpan span)
    {
        var (device, lane) = (Tag("device", LaneNames.DeviceName(span.Device)), Tag("lane", span.Lane.NameOf()));
        _batches.Record(span.Items, device, lane);
        _calls.Record(_time.GetElapsedTime(span.Start, span.End).TotalSeconds, device, lane);
        if (span.Lane == Lane.Decode)
            _decoded.Add(span.Items, device);
    }

    /// <inheritdoc/>
    public void QueueChanged(Lane lane, string device, int requests) => _queues[(LaneNames.DeviceName(device), lane)] = requests;

    /// <inheritdoc/>
    public void MemoryRanOut(Lane lane, string device, int items) =>
        _outOfMemory.Add(1, Tag("device", LaneNames.DeviceName(device)), Tag("lane", lane.NameOf()));

    /// <inheritdoc/>
    public void HandlesLeaked(string episode, IReadOnlyList<LatentOrigin> held) => _leaked.Add(held.Count);

    /// <inheritdoc/>
    void IEngineEvents.ActorRestarted(ActorPath actor) => _restarts.Add(1, Tag("actor", KindOf(actor)));

    public void Dispose() => _meter.Dispose();

    /// <summary>Actors of episodes are named after them; as a tag that would never end.</summary>
    private static string KindOf(ActorPath actor) => actor.Parent?.Name == "episode" ? "episode" : actor.Name;

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private IEnumerable<Measurement<int>> Queues() =>
        _queues.Select(q => new Measurement<int>(q.Value, Tag("device", q.Key.Device), Tag("lane", q.Key.Lane.NameOf())));

    private IEnumerable<Measurement<double>> BusyTimes() =>
        _occupancy.BusyTimes().Select(b => new Measurement<double>(b.Value.TotalSeconds, Tag("device", b.Key.Device), Tag("lane", b.Key.Lane.NameOf())));

    private IEnumerable<Measurement<double>> BusyShares() =>
        _occupancy.Shares().Select(s => new Measurement<double>(s.Share, Tag("device", s.Device), Tag("lane", s.Lane.NameOf())));

    private static IEnumerable<Measurement<long>> Handles(HandleBytes handles)
    {
        foreach (var reading in handles.Read())
        {
            yield return new Measurement<long>(reading.DeviceBytes, Tag("device", reading.Device), Tag("memory", "device"));
            yield return new Measurement<long>(reading.HostBytes, Tag("device", reading.Device), Tag("memory", "host"));
        }
    }
}
