using WorldModelActors.Engine;
using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry;

/// <summary>
/// Writes what every lane of every device did when as a trace in Chrome's JSON array format, which Perfetto
/// (https://ui.perfetto.dev) and chrome://tracing open: devices are processes, lanes are threads, work is a span with its
/// batch size and whom it was for; episodes and iterations are spans of their own; queues and bytes in handles are counters.
/// </summary>
/// <remarks>Trace Event Format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU</remarks>
public sealed class TraceWriter : IRolloutObserver, IEngineEvents, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly HandleBytes? _handles;
    private readonly TraceFile _file;
    private readonly TraceLayout _layout;
    private readonly Dictionary<string, int> _open = [];
    private readonly Dictionary<string, HandleReading> _last = [];
    private bool _ended;

    private TraceWriter(Stream output, TimeProvider time, HandleBytes? handles)
    {
        _time = time;
        _handles = handles;
        _file = new TraceFile(output, new TraceFormat(time, time.GetTimestamp()));
        _layout = new TraceLayout(e => _file.Add(e));
        _layout.Begin();
    }

    /// <summary>Events that were left out because the disk was too slow or full.</summary>
    public long Dropped => _file.Dropped;

    /// <summary>Why the trace ended early, e.g. a full disk; null where it did not.</summary>
    public Exception? Failure => _file.Failure;

    /// <summary>Begins a trace; the folder is made where it is missing, a file that is there is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The node's clock.</param>
    /// <param name="handles">Bytes in handles; null: no counters of them.</param>
    /// <exception cref="TelemetryException">The file cannot be written.</exception>
    public static TraceWriter Create(string path, TimeProvider time, HandleBytes? handles = null)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            // Unbuffered: what is written is whole events, and is there after a crash.
            return new TraceWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0), time, handles);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TelemetryException($"{path}: the trace cannot be written ({cause.Message}); choose another --trace FILE.", cause);
        }
    }

    /// <summary>Writes a trace to a stream, which is taken over.</summary>
    public static TraceWriter To(Stream output, TimeProvider time, HandleBytes? handles = null) => new(output, time, handles);

    /// <inheritdoc/>
    public void EpisodeStarted(EpisodePlan plan)
    {
        lock (_lock)
        {
            Async(TraceEventKind.AsyncBegin, plan.Id, plan.Id, [("instruction", plan.Instruction), ("iterations", plan.Iterations), ("execute_steps", plan.ExecuteSteps), ("ddim_steps", plan.DdimSteps)]);
        }
    }

    /// <inheritdoc/>
    public void IterationStarted(string episode, int iteration)
    {
        lock (_lock)
        {
            EndIteration(episode);
            _open[episode] = iteration;
            Async(TraceEventKind.AsyncBegin, $"iteration {iteration}", episode, null);
        }
    }

    /// <inheritdoc/>
    public void IterationCompleted(string episode, int iteration, PhaseTimes times)
    {
        lock (_lock)
            EndIteration(episode);
    }

    /// <inheritdoc/>
    public void EpisodeEnded(EpisodeResult result)
    {
        lock (_lock)
        {
            EndIteration(result.Id);
            Async(TraceEventKind.AsyncEnd, result.Id, result.Id, [("status", result.Status), ("frames", result.Frames)]);
            CountHandles();
        }
    }

    /// <inheritdoc/>
    public void LaneWorked(in LaneSpan span)
    {
        lock (_lock)
        {
            Add(new TraceEvent(
                TraceEventKind.Complete, span.What, _layout.ProcessOf(span.Device), _layout.ThreadOf(span), span.Start, span.End,
                Arguments: [("items", span.Items), ("subjects", span.Subjects.ToArray())]));
            CountHandles();
        }
    }

    /// <inheritdoc/>
    public void QueueChanged(Lane lane, string device, int requests)
    {
        lock (_lock)
            Add(new TraceEvent(TraceEventKind.Counter, $"waiting for {lane.NameOf()}", _layout.ProcessOf(device), 0, _time.GetTimestamp(), Arguments: [("requests", requests)]));
    }

    /// <inheritdoc/>
    public void Retrying(string episode, string what, Exception cause, int attempt) =>
        Note($"{what} failed", [("episode", episode), ("cause", cause.Message), ("attempt", attempt)]);

    /// <inheritdoc/>
    public void EpisodeRestarting(string episode, int iteration, Exception cause) =>
        Note("episode starts anew", [("episode", episode), ("iteration", iteration), ("cause", cause.Message)]);

    /// <inheritdoc/>
    public void MemoryRanOut(Lane lane, string device, int items) =>
        Note("out of memory", [("lane", lane.NameOf()), ("device", device), ("items", items)]);

    /// <inheritdoc/>
    public void HandlesLeaked(string episode, IReadOnlyList<LatentOrigin> held) =>
        Note("handles leaked", [("episode", episode), ("handles", held.Count), ("first", held[0])]);

    /// <inheritdoc/>
    void IEngineEvents.ActorFailed(ActorFailure failure) =>
        Note("actor failed", [("actor", failure.Path), ("cause", failure.Cause.Message), ("decision", failure.Decision)]);

    /// <summary>Writes what is on its way and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = !_ended;
            _ended = true;
        }
        if (isFirst && Dropped > 0)
        {
            await _file.AddForSureAsync(
                new TraceEvent(TraceEventKind.Instant, $"{Dropped} events were left out: the disk was too slow", TraceLayout.Episodes, 0, _time.GetTimestamp())).ConfigureAwait(false);
        }
        await _file.DisposeAsync().ConfigureAwait(false);
    }

    private void Note(string what, IReadOnlyList<(string, object)> arguments)
    {
        lock (_lock)
            Add(new TraceEvent(TraceEventKind.Instant, what, TraceLayout.Episodes, 0, _time.GetTimestamp(), Arguments: arguments));
    }

    private void Add(in TraceEvent happened)
    {
        if (!_ended)
            _file.Add(happened);
    }

    private void Async(TraceEventKind kind, string name, string episode, IReadOnlyList<(string, object)>? arguments) =>
        Add(new TraceEvent(kind, name, TraceLayout.Episodes, 0, _time.GetTimestamp(), Id: episode, Arguments: arguments));

    private void EndIteration(string episode)
    {
        if (_open.Remove(episode, out var iteration))
            Async(TraceEventKind.AsyncEnd, $"iteration {iteration}", episode, null);
    }

    private void CountHandles()
    {
        if (_handles is null)
            return;
        foreach (var reading in _handles.Read())
        {
            if (_last.TryGetValue(reading.Device, out var before) && before == reading)
                continue;
            _last[reading.Device] = reading;
            Add(new TraceEvent(
                TraceEventKind.Counter, "bytes in handles", _layout.ProcessOf(reading.Device), 0, _time.GetTimestamp(),
                Arguments: [("device", reading.DeviceBytes), ("host", reading.HostBytes)]));
        }
    }
}
