using System.Diagnostics;
using WorldModelActors.Engine;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;
using WorldModelActors.Telemetry;

namespace WorldModelActors.Benchmarks;

/// <summary>One run of episodes through the actors.</summary>
/// <param name="What">Which.</param>
/// <param name="Devices">Devices.</param>
/// <param name="Episodes">At the same time.</param>
/// <param name="ExecuteSteps">Frames executed of each prediction.</param>
/// <param name="Steps">Denoising steps of each of the two calls.</param>
/// <param name="SecondsPerIteration">Wall time over iterations, of all episodes together.</param>
/// <param name="UNetBusy">Busy share of the UNet's lane (of the device that is busy least).</param>
/// <param name="HostCores">Processor time over wall time.</param>
/// <param name="PeakBytes">Most memory in tensors on the first device.</param>
/// <param name="Lanes">Seconds that each lane was busy.</param>
public sealed record ActorRun(
    string What, int Devices, int Episodes, int ExecuteSteps, int Steps, double SecondsPerIteration, double UNetBusy, double HostCores, long PeakBytes,
    IReadOnlyDictionary<string, double> Lanes);

/// <summary>Episodes with random observations on a node, one run after another, so that what was learned and recorded stays.</summary>
internal sealed class ActorRuns : IAsyncDisposable
{
    private readonly RolloutNode _node;
    private readonly LaneWatch _watch;
    private readonly IReadOnlyList<WorldModel> _models;
    private int _number;

    private ActorRuns(RolloutNode node, LaneWatch watch, IReadOnlyList<WorldModel> models) => (_node, _watch, _models) = (node, watch, models);

    public IEnumerable<string> Notes => _watch.Notes;

    public static async Task<ActorRuns> StartAsync(IActorEngine engine, IReadOnlyList<WorldModel> models, RolloutOptions options)
    {
        var watch = new LaneWatch();
        var node = await RolloutNode.StartAsync(engine, [.. models.Select(m => new RolloutDevice(m.Device.ToString(), m))], options, watch);
        return new ActorRuns(node, watch, models);
    }

    /// <summary>Runs episodes side by side.</summary>
    /// <param name="what">Name in the report.</param>
    /// <param name="episodes">Episodes.</param>
    /// <param name="plan">Of the first; the others differ in name.</param>
    /// <param name="tracePath">File for a trace; null for none.</param>
    /// <param name="frames">Keeps the first episode's frames; null: nobody wants them.</param>
    public async Task<ActorRun> RunAsync(string what, int episodes, EpisodePlan plan, string? tracePath = null, FrameLog? frames = null)
    {
        var trace = tracePath is null ? null : TraceWriter.Create(tracePath, TimeProvider.System);
        _watch.Begin(trace);
        var index = Math.Max(0, _models[0].Device.index);
        CudaDevice.ResetPeakMemory(index);
        var clock = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        var results = await Task.WhenAll(Enumerable.Range(0, episodes).Select(e =>
            _node.RunAsync(plan with { Id = episodes == 1 ? plan.Id : $"{plan.Id}-{_number++}" }, Start(e), new PhiloxNoise(), e == 0 && frames is not null ? frames : new FrameLog(keep: false))));
        var (wall, work) = (clock.Elapsed, Environment.CpuUsage.TotalTime - processor);
        var lanes = _watch.Busy();
        if (trace is not null)
            await trace.DisposeAsync();
        if (results.FirstOrDefault(r => r.Status != EpisodeStatus.Completed) is { } failed)
            throw new RolloutException(failed.Cause ?? $"{failed.Id} did not end");
        return new ActorRun(
            what, _models.Count, episodes, plan.ExecuteSteps, plan.DdimSteps, wall.TotalSeconds / results.Sum(r => r.Iterations),
            _models.Min(m => lanes.GetValueOrDefault($"{m.Device} UNet")) / wall.TotalSeconds, work / wall, CudaDevice.Allocated(index).Peak, lanes);
    }

    public EpisodePlan Plan(int steps, int executeSteps, int iterations) => new()
    {
        Id = "bench",
        Instruction = "",
        Iterations = iterations,
        ExecuteSteps = executeSteps,
        DdimSteps = steps,
        FrameRateCondition = 8,
        ActionDim = 16,
        StateDim = 16,
    };

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    /// <summary>A smooth picture and a state, another for each episode.</summary>
    private EpisodeStart Start(int episode)
    {
        var (height, width) = _models[0].Options.ImageSize;
        var image = new float[3 * height * width];
        for (var i = 0; i < image.Length; i++)
        {
            var (channel, y, x) = (i / (height * width), i / width % height, i % width);
            image[i] = 0.8f * MathF.Sin((0.031f * x) + episode) * MathF.Cos((0.047f * y) + channel);
        }
        return new EpisodeStart(image, Enumerable.Range(0, 16).Select(i => 0.5f * MathF.Sin(i + episode)).ToArray());
    }
}
