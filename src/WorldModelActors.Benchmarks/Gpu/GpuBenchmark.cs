using System.Diagnostics;
using System.Globalization;
using WorldModelActors.Engine;
using WorldModelActors.Models;
using WorldModelActors.Rollout;

namespace WorldModelActors.Benchmarks;

/// <summary>
/// Everything that matters on a GPU in one call, at a configuration's full size with random weights: the chip's own peaks, the backbone by size of
/// batch with a profile and with every kernel switch turned over, autoencoder and image tower, episodes through the actors, how far all of it is from
/// float32, and several devices. A part that fails or for which no time is left is named in the report; the others are made.
/// </summary>
public sealed record GpuBenchmark
{
    private static readonly Stopwatch s_clock = Stopwatch.StartNew();

    /// <summary>YAML of the model.</summary>
    public required string Config { get; init; }

    /// <summary>Where report and trace go; created where it is missing.</summary>
    public required string Output { get; init; }

    /// <summary>Element type of the networks.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float16;

    /// <summary>What the actors run on.</summary>
    public IActorEngine Engine { get; init; } = EmbeddedEngine.Instance;

    /// <summary>What is measured.</summary>
    public IReadOnlySet<GpuPart> Parts { get; init; } = Enum.GetValues<GpuPart>().ToHashSet();

    /// <summary>Samples in an evaluation of the backbone.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 2, 4, 8, 16];

    /// <summary>Timed evaluations; the median counts.</summary>
    public int Repeats { get; init; } = 10;

    /// <summary>Denoising steps of a call through the actors.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Seconds after which no further part is begun; null: as long as it takes.</summary>
    public double? Limit { get; init; }

    /// <summary>Iterations of the rollout that is compared with float32, and its denoising steps.</summary>
    public (int Iterations, int Steps) Compared { get; init; } = (11, 50);

    /// <summary>Hears of each part as it ends; null: nobody.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>File name of the report in <see cref="Output"/>.</summary>
    public const string ReportName = "gpu.json";

    /// <summary>File name of the trace of four episodes in <see cref="Output"/> (Chrome's trace format).</summary>
    public const string TraceName = "gpu-trace.json";

    private string ReportPath => Path.Combine(Output, ReportName);

    /// <summary>Measures.</summary>
    /// <param name="device">A CUDA device.</param>
    /// <param name="stop">Stops after the part in hand; the report holds what was measured.</param>
    public GpuReport Run(Device device, CancellationToken stop = default)
    {
        Directory.CreateDirectory(Output);
        var options = ModelConfiguration.Load(Config).Options;
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: true);
        var report = GpuReport.Begin(device, Type, Engine);
        using (var current = CudaStream.New(Math.Max(0, device.index)).Use())
        {
            Measure(report, options, device, stop);
        }

        return report;
    }

    private void Measure(GpuReport report, WorldModelOptions options, Device device, CancellationToken stop)
    {
        void Part(GpuPart part, string what, Action measure)
        {
            if (Parts.Contains(part))
            {
                Attempt(report, what, measure, stop);
            }
        }

        var timer = new DeviceTimer(CudaStream.Current(Math.Max(0, device.index)));
        Part(GpuPart.Peaks, "peaks", () => report.Peaks = ChipPeaks.Measure(device, timer));
        CudaDevice.EmptyCache();
        var since = s_clock.Elapsed.TotalSeconds;
        using var half = FullSizeModel.Random(options, device, Type);
        report.LoadSeconds = s_clock.Elapsed.TotalSeconds - since;
        var backbone = new BackboneRuns(report, half.Model.UNet, device, timer, Repeats);
        Attempt(report, "check of the kernel switches", backbone.CheckSwitches, stop);
        foreach (var batch in Batches)
        {
            Part(GpuPart.Backbone, $"batch {batch}", () => backbone.Time(batch));
        }

        foreach (var batch in Batches.Where(b => b is 1 or 4))
        {
            Part(GpuPart.Profile, $"profile of batch {batch}", () => backbone.Profile(batch));
        }

        foreach (var batch in new[] { 1, 8 })
        {
            Part(GpuPart.Switches, $"switches at batch {batch}", () => backbone.Switches(batch));
        }

        using var codec = new CodecRuns(report, options, device, timer);
        Part(GpuPart.Codec, $"autoencoder and image tower in {Type}", () => codec.Time(half.Model));
        Part(GpuPart.Actors, "actors", () => Wait(ActorsAsync(report, half.Model)));
        Part(GpuPart.Accuracy, "accuracy", () => MeasureAccuracy(report, half.Model, options, device, backbone, codec));
        if (cuda.device_count() > 1)
        {
            Part(GpuPart.Devices, "several devices", () => Wait(SeveralAsync(report, half.Model, options)));
        }
    }

    private async Task ActorsAsync(GpuReport report, WorldModel model)
    {
        await using var runs = await ActorRuns.StartAsync(Engine, [model], new RolloutOptions()).ConfigureAwait(false);
        try
        {
            // Algorithms are searched and graphs recorded before anything is timed.
            _ = await runs.RunAsync("warm-up", 1, runs.Plan(4, 16, 1)).ConfigureAwait(false);
            report.Runs.Add(await runs.RunAsync("one episode", 1, runs.Plan(Steps, 16, 2)).ConfigureAwait(false));
            _ = await runs.RunAsync("warm-up", 1, runs.Plan(2, 1, 1)).ConfigureAwait(false);
            report.Runs.Add(await runs.RunAsync("one episode", 1, runs.Plan(Steps, 1, 2)).ConfigureAwait(false));
            report.Save(ReportPath);
            _ = await runs.RunAsync("warm-up", 4, runs.Plan(12, 16, 1)).ConfigureAwait(false);
            report.Runs.Add(await runs.RunAsync("four episodes", 4, runs.Plan(Steps, 16, 2), Path.Combine(Output, TraceName)).ConfigureAwait(false));
        }
        finally
        {
            report.Notes.AddRange(runs.Notes);
        }
    }

    /// <summary>The same episodes on one device, on two, on four, ...; each on the device that is free.</summary>
    private async Task SeveralAsync(GpuReport report, WorldModel first, WorldModelOptions options)
    {
        List<FullSizeModel> others = [];
        try
        {
            for (var index = 1; index < cuda.device_count(); index++)
            {
                others.Add(FullSizeModel.Random(options, new Device(DeviceType.CUDA, index), Type));
            }

            List<WorldModel> models = [first, .. others.Select(o => o.Model)];
            for (var count = 1; ; count = Math.Min(2 * count, models.Count))
            {
                var runs = await ActorRuns.StartAsync(Engine, models[..count], new RolloutOptions()).ConfigureAwait(false);
                await using (runs.ConfigureAwait(false))
                {
                    _ = await runs.RunAsync("warm-up", count, runs.Plan(4, 16, 1)).ConfigureAwait(false);
                    report.Scaling.Add(await runs.RunAsync("an episode on each device", count, runs.Plan(Steps, 16, 2)).ConfigureAwait(false));
                    report.Notes.AddRange(runs.Notes);
                }

                if (count == models.Count)
                {
                    return;
                }
            }
        }
        finally
        {
            others.ForEach(o => o.Dispose());
        }
    }

    private void MeasureAccuracy(
        GpuReport report, WorldModel half, WorldModelOptions options, Device device, BackboneRuns backbone, CodecRuns codec)
    {
        var (iterations, steps) = Compared;
        var frames = Wait(RolloutAsync(report, half, iterations, steps));
        // Searching would take longer than what is found gains, and much memory.
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: false);
        try
        {
            using var full = FullSizeModel.Random(options, device, ScalarType.Float32);
            var (latent, state, milliseconds) = backbone.Errors(full.Model.UNet);
            report.Accuracy = new Accuracy(latent, state, steps, [], milliseconds);
            codec.Compare(full.Model);
            report.Save(ReportPath);
            var expected = Wait(RolloutAsync(report, full.Model, iterations, steps));
            var each = expected.Count / iterations;
            report.Accuracy = report.Accuracy with
            {
                DecibelsByIteration = [.. Enumerable.Range(0, iterations).Select(i => FrameLog.Decibels(frames.Skip(i * each).Take(each), expected.Skip(i * each).Take(each)))],
            };
        }
        finally
        {
            CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: true);
        }
    }

    private async Task<List<byte[]>> RolloutAsync(GpuReport report, WorldModel model, int iterations, int steps)
    {
        await using var runs = await ActorRuns.StartAsync(Engine, [model], new RolloutOptions()).ConfigureAwait(false);
        var frames = new FrameLog(keep: true);
        _ = await runs.RunAsync("compared", 1, runs.Plan(steps, 16, iterations), frames: frames).ConfigureAwait(false);
        report.Notes.AddRange(runs.Notes);
        return frames.Frames;
    }

    // Streams and dispose scopes belong to a thread: what measures stays on this one.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    /// <summary>Makes a part; what goes wrong in it is a note.</summary>
    private void Attempt(GpuReport report, string what, Action part, CancellationToken stop)
    {
        var since = s_clock.Elapsed.TotalSeconds;
        if (since > Limit || stop.IsCancellationRequested)
        {
            report.Notes.Add($"{what}: {(stop.IsCancellationRequested ? "stopped before it" : "no time was left for it")}");
            return;
        }

        try
        {
            part();
        }
        catch (Exception e) when (e is TorchException or RolloutException or EngineException or IOException)
        {
            report.Notes.Add($"{what} failed: {e.Message}");
        }

        CudaDevice.EmptyCache();
        report.Seconds = s_clock.Elapsed.TotalSeconds;
        Progress?.Report(string.Create(CultureInfo.InvariantCulture, $"{what}: {report.Seconds - since:F1} s, {report.Seconds:F0} s in all"));
        report.Save(ReportPath);
    }
}
