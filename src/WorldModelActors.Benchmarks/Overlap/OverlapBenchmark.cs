using System.Diagnostics;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Telemetry;

namespace WorldModelActors.Benchmarks;

/// <summary>
/// The original loop against the actors, on the same work in one process: (a) <see cref="OriginalLoop"/>, (b) the pipeline with one
/// episode, (c) the pipeline with several at once. The sides take turns, so that a machine that gets slower or faster does so for
/// all; each is tried with every number of threads and judged by its best. All frames are compared with the original loop's.
/// </summary>
public sealed class OverlapBenchmark
{
    public const string Original = "original";
    public const string Pipeline = "pipeline";
    public const string Sequence = "original-sequence";
    public const string Shared = "pipeline-shared";

    /// <summary>Iterations whose memory is compared.</summary>
    private static readonly int[] s_memoryIterations = [8, 64];

    private readonly WorldModel _model;
    private readonly IReadOnlyList<BenchmarkEpisode> _episodes;
    private readonly OverlapOptions _options;
    private readonly Action<string> _progress;
    private readonly Dictionary<(int DdimSteps, int ExecuteSteps), LaneLog> _logs = [];

    /// <param name="model">The model.</param>
    /// <param name="episodes">Episodes, at least as many as <see cref="OverlapOptions.Episodes"/>, with different ids.</param>
    /// <param name="options">What is compared.</param>
    /// <param name="progress">Told what is measured next.</param>
    public OverlapBenchmark(WorldModel model, IReadOnlyList<BenchmarkEpisode> episodes, OverlapOptions options, Action<string>? progress = null)
    {
        if (episodes.Count < options.Episodes)
            throw new BenchmarkException($"there are {episodes.Count} prompts, {options.Episodes} episodes are asked for");
        _model = model;
        _episodes = [.. episodes.Take(options.Episodes)];
        _options = options;
        _progress = progress ?? (_ => { });
    }

    /// <summary>Where the trace of the pipeline's last run with one episode is.</summary>
    public string TracePath(int ddimSteps, int executeSteps) => Path.Combine(_options.Folder, $"overlap-ddim{ddimSteps}-exe{executeSteps}.trace.json");

    /// <summary>What the lanes did in that run.</summary>
    public IReadOnlyDictionary<(int DdimSteps, int ExecuteSteps), LaneLog> Logs => _logs;

    /// <summary>Measures.</summary>
    /// <param name="withMemory">Also how memory depends on the number of iterations.</param>
    /// <param name="stop">Heeded between measurements.</param>
    public async Task<OverlapReport> RunAsync(bool withMemory, CancellationToken stop = default)
    {
        Directory.CreateDirectory(_options.Folder);
        var before = get_num_threads();
        try
        {
            _progress("warming up");
            set_num_threads(_options.Threads[0]);
            _ = OnOwnThread(() => RunOriginal(PlansOf(_options.DdimSteps[0], _options.ExecuteSteps[0], 1)[..1]));
            _ = await RunPipelineAsync(PlansOf(_options.DdimSteps[0], _options.ExecuteSteps[0], 1), null).ConfigureAwait(false);
            var cases = new List<OverlapCase>();
            foreach (var ddimSteps in _options.DdimSteps)
            {
                foreach (var executeSteps in _options.ExecuteSteps)
                    cases.Add(await CompareAsync(ddimSteps, executeSteps, stop).ConfigureAwait(false));
            }
            var memory = withMemory ? await MeasureMemoryAsync(stop).ConfigureAwait(false) : [];
            return new OverlapReport(
                Machine.Describe(_model.Device), DateTime.UtcNow, _options.Iterations, _options.Repeats, _episodes.Count, cases, memory);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private async Task<OverlapCase> CompareAsync(int ddimSteps, int executeSteps, CancellationToken stop)
    {
        var plans = PlansOf(ddimSteps, executeSteps, _options.Iterations);
        var sides = new SideRecorder();
        FrameComparison? frames = null;
        for (var repeat = 0; repeat < _options.Repeats; repeat++)
        {
            foreach (var threads in _options.Threads)
            {
                stop.ThrowIfCancellationRequested();
                _progress($"ddim-steps {ddimSteps}, exe-steps {executeSteps}, repeat {repeat + 1} of {_options.Repeats}, {threads} threads");
                set_num_threads(threads);
                var original = OnOwnThread(() => RunOriginal(plans));
                frames ??= new FrameComparison(original.Frames);
                sides.Add(Original, threads, original with { Seconds = original.FirstSeconds, ProcessorSeconds = original.FirstProcessorSeconds, Frames = [original.Frames[0]], Decoded = original.FirstDecoded });
                if (plans.Count > 1)
                    sides.Add(Sequence, threads, original);
                var isLast = repeat == _options.Repeats - 1 && threads == _options.Threads[^1];
                var alone = await RunPipelineAsync(plans[..1], isLast ? (ddimSteps, executeSteps) : null).ConfigureAwait(false);
                frames.Add(alone.Frames);
                sides.Add(Pipeline, threads, alone);
                if (plans.Count > 1)
                {
                    var shared = await RunPipelineAsync(plans, null).ConfigureAwait(false);
                    frames.Add(shared.Frames);
                    sides.Add(Shared, threads, shared);
                }
            }
        }
        var measurements = sides.Measurements();
        double Best(string side) => measurements.Where(m => m.Side == side).Select(m => m.Median).DefaultIfEmpty(double.NaN).Min();
        return new OverlapCase(
            ddimSteps, executeSteps, measurements, Best(Original) / Best(Pipeline), plans.Count > 1 ? Best(Sequence) / Best(Shared) : 0, frames!.LeastPsnr, frames.EqualShare);
    }

    private async Task<IReadOnlyList<MemoryRow>> MeasureMemoryAsync(CancellationToken stop)
    {
        var rows = new List<MemoryRow>();
        foreach (var iterations in s_memoryIterations)
        {
            stop.ThrowIfCancellationRequested();
            _progress($"memory of {iterations} iterations");
            var plans = PlansOf(1, _model.Options.UNet.TemporalLength, iterations)[..1];
            // Frames are not kept for comparing: they would be the largest part.
            var pipeline = await RunPipelineAsync(plans, null, keep: false).ConfigureAwait(false);
            rows.Add(new MemoryRow(Pipeline, iterations, pipeline.PeakBytes, pipeline.StoreBytes));
            var original = OnOwnThread(() => RunOriginal(plans));
            rows.Add(new MemoryRow(Original, iterations, original.PeakBytes, 0));
        }
        return [.. rows.OrderByDescending(r => r.Side)];
    }

    private List<BenchmarkEpisode> PlansOf(int ddimSteps, int executeSteps, int iterations) =>
        [.. _episodes.Select(e => e with { Plan = e.Plan with { ExecuteSteps = executeSteps, Iterations = iterations, DdimSteps = ddimSteps, DecodePolicyVideo = false } })];

    private SideRun RunOriginal(IReadOnlyList<BenchmarkEpisode> episodes)
    {
        var resident = ProcessMemory.ResetPeak();
        var clock = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        var first = TimeSpan.Zero;
        var firstProcessor = TimeSpan.Zero;
        var firstDecoded = 0;
        var decoded = 0;
        var frames = new List<IReadOnlyList<byte[]>>();
        var loop = new OriginalLoop(_model, _options.Video);
        foreach (var (plan, start) in episodes)
        {
            var (executed, count) = loop.Run(plan, start, new PhiloxNoise(), _options.Folder);
            frames.Add(executed);
            decoded += count;
            if (frames.Count == 1)
                (first, firstProcessor, firstDecoded) = (clock.Elapsed, Environment.CpuUsage.TotalTime - processor, count);
        }
        var (wall, work) = (clock.Elapsed, Environment.CpuUsage.TotalTime - processor);
        foreach (var (plan, _) in episodes)
        {
            File.Delete(VideoOf(plan));
            File.Delete(Path.ChangeExtension(VideoOf(plan), ".policy.mp4"));
        }
        return new SideRun(wall.TotalSeconds, first.TotalSeconds, work.TotalSeconds, firstProcessor.TotalSeconds, frames, decoded, firstDecoded, Math.Max(0, ProcessMemory.Peak() - resident), 0, []);
    }

    private async Task<SideRun> RunPipelineAsync(IReadOnlyList<BenchmarkEpisode> episodes, (int DdimSteps, int ExecuteSteps)? traced, bool keep = true)
    {
        var handles = new HandleBytes();
        var occupancy = new LaneOccupancy(TimeProvider.System, TimeSpan.FromSeconds(10));
        var trace = traced is { } steps ? TraceWriter.Create(TracePath(steps.DdimSteps, steps.ExecuteSteps), TimeProvider.System, handles) : null;
        var log = new LaneLog();
        var observer = trace is null ? new ObserverGroup(occupancy) : new ObserverGroup(occupancy, trace, log);
        var sinks = episodes.Select(e => new BenchmarkSink(VideoOf(e.Plan), _options.Video, keep)).ToList();
        var resident = ProcessMemory.ResetPeak();
        var clock = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        EpisodeResult[] results;
        TimeSpan wall, work;
        long store;
        var node = await RolloutNode.StartAsync(_options.Engine, _model, _options.Pipeline, observer).ConfigureAwait(false);
        await using (node.ConfigureAwait(false))
        {
            handles.Watch(node.Store);
            results = await Task.WhenAll(episodes.Zip(sinks, (e, sink) => node.RunAsync(e.Plan, e.Start, new PhiloxNoise(), sink))).ConfigureAwait(false);
            (wall, work) = (clock.Elapsed, Environment.CpuUsage.TotalTime - processor);
            store = node.Store.PeakBytes;
        }
        var peak = Math.Max(0, ProcessMemory.Peak() - resident);
        if (trace is not null)
        {
            await trace.DisposeAsync().ConfigureAwait(false);
            _logs[traced!.Value] = log;
        }
        foreach (var (plan, _) in episodes)
            File.Delete(VideoOf(plan));
        if (results.FirstOrDefault(r => r.Status != EpisodeStatus.Completed) is { } failed)
            throw new BenchmarkException(failed.Cause ?? $"episode {failed.Id} did not end");
        return new SideRun(
            wall.TotalSeconds, wall.TotalSeconds, work.TotalSeconds, work.TotalSeconds, [.. sinks.Select(s => s.Frames)], results.Sum(r => r.FramesDecoded), 0, peak, store,
            [.. occupancy.BusyTimes().Select(b => new LaneUse(b.Key.Device, b.Key.Lane.NameOf(), b.Value / wall))]);
    }

    private string VideoOf(EpisodePlan plan) => Path.Combine(_options.Folder, $"{plan.Id.Replace('/', '_')}.mp4");

    /// <summary>On a thread that has not set its number of operator threads yet, as the actors' are.</summary>
    private static SideRun OnOwnThread(Func<SideRun> run)
    {
        SideRun? result = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = run();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new BenchmarkException($"the original loop failed: {failure.Message}");
    }
}
