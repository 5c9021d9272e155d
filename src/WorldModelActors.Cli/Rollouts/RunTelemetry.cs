using WorldModelActors.Engine;
using WorldModelActors.Rollout;
using WorldModelActors.Settings;
using WorldModelActors.Telemetry;

namespace WorldModelActors.Cli;

/// <summary>What watches a run: progress, occupancy, meters, and on request a trace and a collector.</summary>
internal sealed class RunTelemetry : IAsyncDisposable
{
    /// <summary>What "the last seconds" of the occupancy are.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly HandleBytes _handles = new();
    private readonly RolloutMeter _meter;
    private readonly TraceWriter? _trace;
    private readonly OtlpExport? _export;
    private readonly Action<string> _note;
    private readonly string? _path;

    /// <param name="settings">What is asked for.</param>
    /// <param name="episodes">Ids of the run's episodes.</param>
    /// <param name="note">Told of trouble.</param>
    public RunTelemetry(TelemetrySettings settings, IReadOnlyList<string> episodes, Action<string> note)
    {
        _note = note;
        _path = settings.Trace;
        var occupancy = new LaneOccupancy(TimeProvider.System, s_window);
        Progress = new RolloutProgress(episodes, TimeProvider.System, occupancy.Shares);
        _trace = _path is null ? null : TraceWriter.Create(_path, TimeProvider.System, _handles);
        _meter = new RolloutMeter(TimeProvider.System, occupancy, _handles);
        _export = settings.OtlpEndpoint is { } endpoint ? new OtlpExport(endpoint, settings.OtlpInterval, Versions.Wma, note) : null;
        Observer = new ObserverGroup([Progress, occupancy, _meter, .. _trace is null ? Array.Empty<IRolloutObserver>() : [_trace]]);
        Events = [_meter, .. _trace is null ? Array.Empty<IEngineEvents>() : [_trace]];
    }

    public RolloutProgress Progress { get; }

    /// <summary>For the node.</summary>
    public IRolloutObserver Observer { get; }

    /// <summary>For the node's actor system.</summary>
    public IReadOnlyList<IEngineEvents> Events { get; }

    /// <summary>Reads the node's handles from now on.</summary>
    public void Watch(RolloutNode node)
    {
        foreach (var store in node.Stores)
        {
            _handles.Watch(store);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_trace is not null)
        {
            await _trace.DisposeAsync().ConfigureAwait(false);
            if (_trace.Failure is { } failure)
            {
                _note($"{_path}: the trace ends early ({failure.Message})");
            }
            else if (_trace.Dropped > 0)
            {
                _note($"{_path}: {_trace.Dropped} events were left out, the disk was too slow");
            }
        }

        _export?.Dispose();
        _meter.Dispose();
    }
}
