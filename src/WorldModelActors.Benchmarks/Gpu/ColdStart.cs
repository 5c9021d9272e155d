using System.Diagnostics;
using WorldModelActors.Engine;
using WorldModelActors.Models;
using WorldModelActors.Rollout;

namespace WorldModelActors.Benchmarks;

/// <summary>One episode as a process of its own, from the start of the process on: libraries, model, algorithms, graphs and all.</summary>
public sealed record ColdStart
{
    /// <summary>YAML of the model.</summary>
    public required string Config { get; init; }

    /// <summary>Iterations of the episode.</summary>
    public int Iterations { get; init; } = 11;

    /// <summary>Denoising steps of a call.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Element type of the networks.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float16;

    /// <summary>What the actors run on.</summary>
    public IActorEngine Engine { get; init; } = EmbeddedEngine.Instance;

    /// <summary>Safetensors file to load; null: the weights are drawn on the device.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Writes what inference reads of a model with random weights, as a checkpoint in <see cref="Type"/>.</summary>
    /// <param name="file">The .safetensors file.</param>
    /// <param name="device">Where the weights are drawn.</param>
    /// <param name="progress">Told the bytes written.</param>
    /// <param name="stop">Stops between two tensors; nothing remains.</param>
    /// <returns>Bytes of the tensors.</returns>
    public long WriteCheckpoint(string file, Device device, IProgress<long>? progress = null, CancellationToken stop = default)
    {
        var options = ModelConfiguration.Load(Config).Options;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        using var weights = FullSizeModel.RandomStore(options, device, Type);
        var log = new WeightLog(new RandomBiases(weights, []), []);
        using var model = WorldModel.Build(options, log);
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in log.Tensors)
        {
            writer.Add(name, tensor.dtype.ToElementType(), tensor.shape, stream =>
            {
                using var scope = NewDisposeScope();
                stream.Write(tensor.cpu().contiguous().bytes);
            });
        }

        writer.Save(file, progress, stop);
        return writer.DataBytes;
    }

    /// <summary>Runs the episode; to be called first thing in a process.</summary>
    /// <param name="device">A CUDA device.</param>
    public GpuReport Run(Device device)
    {
        var options = ModelConfiguration.Load(Config).Options;
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: true);
        var report = GpuReport.Begin(device, Type, Engine);
        var since = SinceStart();
        using var model = Checkpoint is null ? FullSizeModel.Random(options, device, Type) : FullSizeModel.Load(options, Checkpoint, device, Type);
        report.LoadSeconds = SinceStart() - since;
        report.Notes.Add(FormattableString.Invariant($"{since:F1} s until the model is loaded{(Checkpoint is null ? " (drawn, not read)" : $" from {Checkpoint}, {new FileInfo(Checkpoint).Length / 1e9:F2} GB")}, {SinceStart():F1} s until it is there"));
        EpisodeAsync(report, model.Model).GetAwaiter().GetResult();
        report.Seconds = SinceStart();
        return report;
    }

    private async Task EpisodeAsync(GpuReport report, WorldModel model)
    {
        await using var runs = await ActorRuns.StartAsync(Engine, [model], new RolloutOptions()).ConfigureAwait(false);
        report.Runs.Add(await runs.RunAsync("one episode from a cold start", 1, runs.Plan(Steps, 16, Iterations)).ConfigureAwait(false));
        report.Notes.AddRange(runs.Notes);
    }

    private static double SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return (DateTime.Now - process.StartTime).TotalSeconds;
    }
}
