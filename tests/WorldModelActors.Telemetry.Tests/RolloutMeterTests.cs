using System.Diagnostics.Metrics;
using WorldModelActors.Engine;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Telemetry.Tests;

/// <summary>Values as a listener sees them. Meters are process-wide: these tests do not run beside the exporter's.</summary>
[Collection("meters")]
public sealed class RolloutMeterTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly HandleBytes _handles = new();
    private readonly LaneOccupancy _occupancy;
    private readonly RolloutMeter _meter;
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, string Tags)> _seen = [];
    private readonly Dictionary<string, string?> _units = [];

    public RolloutMeterTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MeterNames.Meter)
            {
                _units[instrument.Name] = instrument.Unit;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((i, v, tags, _) => Record(i, v, tags));
        _listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Record(i, v, tags));
        _listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Record(i, v, tags));
        _occupancy = new LaneOccupancy(_clock, TimeSpan.FromMicroseconds(1000));
        _meter = new RolloutMeter(_clock, _occupancy, _handles);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Every_instrument_that_is_documented_is_there_with_its_unit_and_the_other_way_round()
    {
        var documented = File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "telemetry.md"))
            .Where(line => line.StartsWith("| `wma.", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => (string?)cells[3].Trim('`'));

        Assert.Equal(documented.OrderBy(d => d.Key), _units.OrderBy(u => u.Key));
    }

    [Fact]
    public void Lanes()
    {
        var span = Spans.Of(Lane.Decode, 0, 250_000, "cuda:0", 3);
        _meter.LaneWorked(span);
        _occupancy.LaneWorked(Spans.Of(Lane.UNet, 0, 500));
        _meter.QueueChanged(Lane.UNet, "cpu", 5);
        _meter.QueueChanged(Lane.UNet, "cpu", 2);
        _meter.MemoryRanOut(Lane.UNet, "cpu", 8);
        _clock.Now = 1000;
        _listener.RecordObservableInstruments();

        Assert.Contains((MeterNames.BatchSize, 3, "device=cuda:0 lane=decode"), _seen);
        Assert.Contains((MeterNames.CallDuration, 0.25, "device=cuda:0 lane=decode"), _seen);
        Assert.Contains((MeterNames.FramesDecoded, 3, "device=cuda:0"), _seen);
        Assert.Contains((MeterNames.QueueDepth, 2, "device=cpu lane=UNet"), _seen);
        Assert.Contains((MeterNames.OutOfMemory, 1, "device=cpu lane=UNet"), _seen);
        Assert.Contains((MeterNames.BusyTime, 0.0005, "device=cpu lane=UNet"), _seen);
        Assert.Contains((MeterNames.BusyShare, 0.5, "device=cpu lane=UNet"), _seen);
    }

    [Fact]
    public void Frames_are_counted_once_also_when_an_episode_begins_anew()
    {
        _meter.EpisodeStarted(Spans.Plan("a"));
        _meter.FramesWritten("a", 4);
        _meter.FramesWritten("a", 6);
        _meter.FramesWritten("a", 2);
        _meter.FramesWritten("a", 7);

        Assert.Equal(7, _seen.Where(s => s.Name == MeterNames.FramesWritten).Sum(s => s.Value));
    }

    [Fact]
    public void Episodes_phases_and_faults()
    {
        _handles.Watch(() => new HandleReading("cpu", 100, 20));
        _meter.EpisodeStarted(Spans.Plan("a"));
        _meter.EpisodeStarted(Spans.Plan("b"));
        _meter.StepDone("a", 0, SamplingPhase.World, 1, 4);
        _meter.IterationCompleted("a", 0, new PhaseTimes { World = TimeSpan.FromSeconds(2) });
        _meter.Retrying("a", "sampling actions", new InvalidOperationException(), 1);
        _meter.EpisodeRestarting("a", 1, new InvalidOperationException());
        _meter.EpisodeEnded(Spans.Result("a", EpisodeStatus.Failed));
        IEngineEvents engine = _meter;
        engine.ActorRestarted(ActorPath.Parse("/node/device/0/denoiser"));
        engine.ActorRestarted(ActorPath.Parse("/node/episode/x~0"));
        _listener.RecordObservableInstruments();

        Assert.Contains((MeterNames.Steps, 1, "phase=world"), _seen);
        Assert.Contains((MeterNames.Iterations, 1, ""), _seen);
        Assert.Contains((MeterNames.PhaseDuration, 2, "phase=world"), _seen);
        Assert.Contains((MeterNames.Retries, 1, "request=sampling actions"), _seen);
        Assert.Contains((MeterNames.EpisodesEnded, 1, "status=failed"), _seen);
        Assert.Contains((MeterNames.EpisodesRestarted, 1, ""), _seen);
        Assert.Contains((MeterNames.EpisodesRunning, 1, ""), _seen);
        Assert.Contains((MeterNames.Restarts, 1, "actor=denoiser"), _seen);
        Assert.Contains((MeterNames.Restarts, 1, "actor=episode"), _seen);
        Assert.Contains((MeterNames.HandleBytes, 100, "device=cpu memory=device"), _seen);
        Assert.Contains((MeterNames.HandleBytes, 20, "device=cpu memory=host"), _seen);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WorldModelActors.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("the tests must run inside the repository");
        return folder.FullName;
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _seen.Add((instrument.Name, value, string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))));
}
