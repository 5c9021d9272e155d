using System.Globalization;
using WorldModelActors.Media;
using WorldModelActors.Verify;
using static WorldModelActors.Torch.torch;

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

    /// <summary>Threads of an operator.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Prompts that are denoised together.</summary>
    public int Batch { get; init; } = 8;

    /// <param name="device">Where the model runs.</param>
    /// <param name="progress">Told about every finished run.</param>
    public QualityReport Run(Device device, TextWriter? progress = null)
    {
        var directory = Model ?? DemoDirectory.Find();
        var reference = ReferenceQuality.Read(directory);
        using var quality = WorldModelQuality.Open(directory, device);
        var before = get_num_threads();
        set_num_threads(Threads);
        try
        {
            var rows = new List<QualityRow>();
            foreach (var steps in Steps)
            {
                foreach (var eta in Etas)
                {
                    var runs = Enumerable.Range(1, Seeds).Select(seed => Measure(quality, steps, eta, seed, progress)).ToList();
                    for (var round = 0; round < Rounds; round++)
                    {
                        var figures = runs.Select(run => run[round]).ToList();
                        rows.Add(new QualityRow(
                            steps, eta, quality.FramesPerRound * (round + 1), Figure(figures, reference, (steps, eta), round, q => q.Psnr),
                            Figure(figures, reference, (steps, eta), round, q => q.Ssim)));
                    }
                }
            }
            return new QualityReport(Machine.Describe(device), DateTime.UtcNow, Seeds, rows);
        }
        finally
        {
            set_num_threads(before);
        }
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

    private IReadOnlyList<FrameQuality> Measure(WorldModelQuality quality, int steps, double eta, int seed, TextWriter? progress)
    {
        var figures = quality.Measure(new QualityRun { DdimSteps = steps, DdimEta = eta, Seed = seed, Rounds = Rounds, Batch = Batch });
        progress?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{steps} steps, eta {eta}, seed {seed}: {string.Join("; ", figures.Select((f, k) => string.Create(CultureInfo.InvariantCulture, $"{quality.FramesPerRound * (k + 1)} frames {f.Psnr:0.00} dB {f.Ssim:0.0000}")))}"));
        return figures;
    }
}
