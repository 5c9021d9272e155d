using System.Diagnostics;
using WorldModelActors.Models;
using WorldModelActors.Rollout;

namespace WorldModelActors.Bench;

/// <summary>
/// Everything that matters on a GPU in one call, at a configuration's full size with random weights: the chip's own peaks, the backbone by size of
/// batch with a profile and with every kernel switch turned over, autoencoder and image tower, episodes through the actors, and how far all of it is from
/// float32. A part that fails or for which no time is left is named in the report; the others are made.
/// </summary>
public sealed record GpuBenchmark
{
    /// <summary>YAML of the model.</summary>
    public required string Config { get; init; }

    /// <summary>Where report and trace go.</summary>
    public required string Output { get; init; }

    /// <summary>Element type of the networks.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float16;

    public IReadOnlyList<int> Batches { get; init; } = [1, 2, 4, 8, 16];

    /// <summary>Timed evaluations; the median counts.</summary>
    public int Repeats { get; init; } = 10;

    /// <summary>Denoising steps of a call through the actors.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Seconds after which no further part is begun; null: as long as it takes.</summary>
    public double? Limit { get; init; }

    /// <summary>Iterations of the rollout that is compared with float32, and its denoising steps.</summary>
    public (int Iterations, int Steps) Compared { get; init; } = (11, 50);

    private static readonly Stopwatch s_clock = Stopwatch.StartNew();

    public GpuReport Run(Device device)
    {
        var options = ModelConfiguration.Load(Config).Options;
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: true);
        var report = NewReport(device);
        using (var current = CudaStream.New(Math.Max(0, device.index)).Use())
            Measure(report, options, device);
        return report;
    }

    /// <summary>
    /// A process that does nothing but one episode: model, algorithms, graphs and all. The seconds count from the start of the process.
    /// </summary>
    public GpuReport RunCold(Device device, int iterations)
    {
        var options = ModelConfiguration.Load(Config).Options;
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: true);
        var report = NewReport(device);
        using var model = new FullSizeModel(options, device, Type);
        report.LoadSeconds = SinceStart();
        Part(report, "cold start", () => Wait(ColdAsync(report, model.Model, iterations)));
        report.Seconds = SinceStart();
        return report;
    }

    private async Task ColdAsync(GpuReport report, WorldModel model, int iterations)
    {
        await using var runs = await ActorRuns.StartAsync([model], new RolloutOptions());
        report.Runs.Add(await runs.RunAsync("one episode from a cold start", 1, runs.Plan(Steps, 16, iterations)));
        report.Notes.AddRange(runs.Notes);
    }

    private static double SinceStart() => (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds;

    private GpuReport NewReport(Device device) => new()
    {
        Machine = Machine.Describe(device), Measured = DateTime.UtcNow, Devices = cuda.device_count(), Type = Type.ToString().ToLowerInvariant(),
        Kernels = FusedKernels.Exist, TeraflopsPerForward = UNetFlops.Teraflops,
    };

    private void Measure(GpuReport report, WorldModelOptions options, Device device)
    {
        var timer = new DeviceTimer(CudaStream.Current(Math.Max(0, device.index)));
        Part(report, "peaks", () => report.Peaks = ChipPeaks.Measure(device, timer));
        CudaDevice.EmptyCache();
        var since = s_clock.Elapsed.TotalSeconds;
        using var half = new FullSizeModel(options, device, Type);
        report.LoadSeconds = s_clock.Elapsed.TotalSeconds - since;
        var backbone = new BackboneRuns(report, half.Model.UNet, device, timer, Repeats);
        Part(report, "check of the kernel switches", backbone.CheckSwitches);
        foreach (var batch in Batches)
            Part(report, $"batch {batch}", () => backbone.Time(batch));
        foreach (var batch in new[] { 1, 4 })
            Part(report, $"profile of batch {batch}", () => backbone.Profile(batch));
        foreach (var batch in new[] { 1, 8 })
            Part(report, $"switches at batch {batch}", () => backbone.Switches(batch));
        var codec = new CodecRuns(report, options, device, timer);
        Part(report, $"autoencoder and image tower in {Type}", () => codec.Time(half.Model));
        Part(report, "actors", () => Wait(ActorsAsync(report, [half.Model])));
        Part(report, "accuracy", () => MeasureAccuracy(report, half.Model, options, device, timer, backbone, codec));
        if (cuda.device_count() > 1)
            Part(report, "several devices", () => Wait(SeveralAsync(report, half.Model, options)));
        codec.Dispose();
        backbone.Dispose();
    }

    private async Task ActorsAsync(GpuReport report, IReadOnlyList<WorldModel> models)
    {
        await using var runs = await ActorRuns.StartAsync(models, new RolloutOptions());
        try
        {
            // Algorithms are searched and graphs recorded before anything is timed.
            _ = await runs.RunAsync("warm-up", 1, runs.Plan(4, 16, 1));
            report.Runs.Add(await runs.RunAsync("one episode", 1, runs.Plan(Steps, 16, 2)));
            _ = await runs.RunAsync("warm-up", 1, runs.Plan(2, 1, 1));
            report.Runs.Add(await runs.RunAsync("one episode", 1, runs.Plan(Steps, 1, 2)));
            report.Save(ReportPath);
            _ = await runs.RunAsync("warm-up", 4, runs.Plan(12, 16, 1));
            report.Runs.Add(await runs.RunAsync("four episodes", 4, runs.Plan(Steps, 16, 2), Path.Combine(Output, "gpu-trace.json")));
        }
        finally
        {
            report.Notes.AddRange(runs.Notes);
        }
    }

    private async Task SeveralAsync(GpuReport report, WorldModel first, WorldModelOptions options)
    {
        var others = new List<FullSizeModel>();
        try
        {
            for (var index = 1; index < cuda.device_count(); index++)
                others.Add(new FullSizeModel(options, new Device(DeviceType.CUDA, index), Type));
            List<WorldModel> models = [first, .. others.Select(o => o.Model)];
            await using var runs = await ActorRuns.StartAsync(models, new RolloutOptions());
            _ = await runs.RunAsync("warm-up", models.Count, runs.Plan(4, 16, 1));
            report.Runs.Add(await runs.RunAsync("an episode on each device", models.Count, runs.Plan(Steps, 16, 2)));
            report.Notes.AddRange(runs.Notes);
        }
        finally
        {
            others.ForEach(o => o.Dispose());
        }
    }

    private void MeasureAccuracy(
        GpuReport report, WorldModel half, WorldModelOptions options, Device device, DeviceTimer timer, BackboneRuns backbone, CodecRuns codec)
    {
        var (iterations, steps) = Compared;
        var frames = Wait(RolloutAsync(report, half, iterations, steps));
        // Searching would take longer than what is found gains, and much memory.
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: false);
        try
        {
            using var full = new FullSizeModel(options, device, ScalarType.Float32);
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

    private static async Task<List<byte[]>> RolloutAsync(GpuReport report, WorldModel model, int iterations, int steps)
    {
        await using var runs = await ActorRuns.StartAsync([model], new RolloutOptions());
        var frames = new FrameLog(keep: true);
        _ = await runs.RunAsync("compared", 1, runs.Plan(steps, 16, iterations), frames: frames);
        report.Notes.AddRange(runs.Notes);
        return frames.Frames;
    }

    private string ReportPath => Path.Combine(Output, "gpu.json");

    // Streams and dispose scopes belong to a thread: what measures stays on this one.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    /// <summary>Makes a part; what goes wrong in it is a note.</summary>
    private void Part(GpuReport report, string what, Action part)
    {
        var since = s_clock.Elapsed.TotalSeconds;
        if (since > Limit)
        {
            report.Notes.Add($"{what}: no time was left for it");
            return;
        }
        try
        {
            part();
        }
        catch (Exception e)
        {
            report.Notes.Add($"{what} failed: {e.Message}");
            Console.Error.WriteLine(e);
        }
        CudaDevice.EmptyCache();
        report.Seconds = s_clock.Elapsed.TotalSeconds;
        Console.Error.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"wma-bench: {what}: {report.Seconds - since:F1} s, {report.Seconds:F0} s in all"));
        report.Save(ReportPath);
    }
}
