using System.Collections.Concurrent;
using WorldModelActors.Media;
using WorldModelActors.Verify;
using static System.FormattableString;

namespace WorldModelActors.Bench;

/// <summary>
/// How well the demo world model imagines, over several seeds, beside the figures that its README gives for the reference
/// implementation: world-model mode with the recorded actions, one round (16 frames) and three (48).
/// </summary>
public sealed record QualityBenchmark
{
    /// <summary>Model directory with prompts, true frames and README; null: the demo world model.</summary>
    public string? Model { get; init; }

    /// <summary>Numbers of DDIM steps.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [8, 16, 50];

    /// <summary>Etas.</summary>
    public IReadOnlyList<double> Etas { get; init; } = [0, 1];

    /// <summary>Seeds 1, 2, ... of each combination.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Rounds of 16 frames.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Runs at a time, each with its own copy of the model and one thread.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Prompts that are denoised together.</summary>
    public int Batch { get; init; } = 8;

    /// <param name="device">Where the model runs.</param>
    /// <param name="progress">Told about every finished run.</param>
    public async Task<QualityReport> RunAsync(Device device, TextWriter? progress = null)
    {
        var directory = Model ?? DemoDirectory.Find();
        var reference = ReferenceQuality.Read(directory);
        set_num_threads(1);
        var open = new ConcurrentQueue<QualityRun>(
            from steps in Steps.OrderDescending()
            from eta in Etas
            from seed in Enumerable.Range(1, Seeds)
            select new QualityRun { DdimSteps = steps, DdimEta = eta, Seed = seed, Rounds = Rounds, Batch = Batch });
        var done = new ConcurrentDictionary<QualityRun, IReadOnlyList<FrameQuality>>();
        var frames = 0;
        void Work()
        {
            using var quality = WorldModelQuality.Open(directory, device);
            Volatile.Write(ref frames, quality.FramesPerRound);
            while (open.TryDequeue(out var run))
            {
                var figures = done[run] = quality.Measure(run);
                var told = string.Join("; ", figures.Select((f, k) => Invariant($"{quality.FramesPerRound * (k + 1)} frames {f.Psnr:0.00} dB {f.Ssim:0.0000}")));
                progress?.WriteLine(Invariant($"{run.DdimSteps} steps, eta {run.DdimEta}, seed {run.Seed}: {told}"));
            }
        }
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(_ => Task.Factory.StartNew(
            Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        var rows = from steps in Steps
                   from eta in Etas
                   let runs = done.Where(d => d.Key.DdimSteps == steps && d.Key.DdimEta == eta).OrderBy(d => d.Key.Seed).Select(d => d.Value).ToList()
                   from round in Enumerable.Range(0, Rounds)
                   let figures = runs.Select(run => run[round]).ToList()
                   select new QualityRow(
                       steps, eta, frames * (round + 1), Figure(figures, reference, (steps, eta), round, q => q.Psnr),
                       Figure(figures, reference, (steps, eta), round, q => q.Ssim));
        return new QualityReport(Machine.Describe(device), DateTime.UtcNow, Seeds, [.. rows]);
    }

    private static QualityFigure Figure(
        List<FrameQuality> runs,
        IReadOnlyDictionary<(int Steps, double Eta), (FrameQuality OneRound, FrameQuality ThreeRounds)> reference,
        (int Steps, double Eta) key,
        int round,
        Func<FrameQuality, double> pick)
    {
        double? told = (round, reference.TryGetValue(key, out var row)) switch
        {
            (0, true) => pick(row.OneRound),
            (2, true) => pick(row.ThreeRounds),
            _ => null,
        };
        return QualityFigure.Of([.. runs.Select(pick)], told);
    }
}
