namespace WorldModelActors.Episodes;

/// <summary>The episodes of one grid point, over prompts, seeds and repeats. Means are over its completed episodes; not a number where there is none.</summary>
public sealed record ReportVariant
{
    /// <summary>The phases of an iteration, in their order.</summary>
    public static IReadOnlyList<string> Phases { get; } = ["embed", "policy", "world", "decode", "write"];

    private ReportVariant()
    {
    }

    /// <summary>E.g. <c>ddim-steps=8 ddim-eta=1</c>; <c>all</c> where nothing is varied.</summary>
    public required string Name { get; init; }

    /// <summary>Short names of settings and their values, without the seed.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>Others are compared with it, and it with none.</summary>
    public required bool IsReference { get; init; }

    public required int Episodes { get; init; }

    public required int Completed { get; init; }

    public required int Failed { get; init; }

    /// <summary>Iterations of its completed episodes by the time that each took.</summary>
    public required double IterationsPerSecond { get; init; }

    /// <summary>Frames of its completed episodes by the time that each took.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Seconds of an iteration by phase. Phases overlap.</summary>
    public required IReadOnlyDictionary<string, double> PhaseSeconds { get; init; }

    /// <summary>Episodes that were compared.</summary>
    public required int Compared { get; init; }

    /// <summary>Decibels; infinite where every frame of every episode is the reference's.</summary>
    public required double Psnr { get; init; }

    public required double Ssim { get; init; }

    /// <summary>Robot units.</summary>
    public required double ActionRmse { get; init; }

    /// <summary>Robot units.</summary>
    public required double StateRmse { get; init; }

    /// <summary>Episodes that were executed on the demo simulator.</summary>
    public required int Simulated { get; init; }

    /// <summary>What is left to do then, pixels.</summary>
    public required double GoalError { get; init; }

    /// <summary>Episodes that solve their task there.</summary>
    public required int Successes { get; init; }

    /// <summary>PSNR of imagined frames against what really follows their actions, decibels.</summary>
    public required double TruePsnr { get; init; }

    /// <summary>SSIM of the same.</summary>
    public required double TrueSsim { get; init; }

    /// <summary>Part of those executed.</summary>
    public double SuccessRate => Simulated > 0 ? (double)Successes / Simulated : double.NaN;

    /// <summary>The name of a place in the grid, whatever the seed.</summary>
    public static string NameOf(IReadOnlyDictionary<string, string> variant)
    {
        var name = string.Join(' ', Without(variant).Select(pair => $"{pair.Key}={pair.Value}"));
        return name.Length > 0 ? name : "all";
    }

    internal static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> variant) =>
        variant.Where(pair => pair.Key != "seed").ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    internal static ReportVariant Of(IReadOnlyList<ReportEpisode> episodes)
    {
        var completed = episodes.Where(episode => episode.IsCompleted).ToList();
        var seconds = completed.Sum(episode => episode.Summary!.Seconds);
        var iterations = completed.Sum(episode => episode.Summary!.Iterations);
        var comparisons = completed.Select(episode => episode.Comparison).OfType<EpisodeComparison>().ToList();
        var simulated = completed.Select(episode => episode.Simulated).OfType<SimulatedOutcome>().ToList();
        return new ReportVariant
        {
            Name = episodes[0].Variant,
            Values = Without(episodes[0].Spec.Variant),
            IsReference = episodes.Any(episode => episode.IsReference),
            Episodes = episodes.Count,
            Completed = completed.Count,
            Failed = episodes.Count(episode => episode.View.State == JournalState.Failed),
            IterationsPerSecond = seconds > 0 ? iterations / seconds : double.NaN,
            FramesPerSecond = seconds > 0 ? completed.Sum(episode => episode.Summary!.Frames) / seconds : double.NaN,
            PhaseSeconds = Phases.ToDictionary(
                phase => phase,
                phase => iterations > 0 ? completed.Sum(episode => episode.Summary!.Phases.GetValueOrDefault(phase)) / iterations : double.NaN,
                StringComparer.Ordinal),
            Compared = comparisons.Count,
            Psnr = EpisodeComparison.MeanPsnr([.. comparisons.Select(comparison => comparison.Psnr)]),
            Ssim = Mean(comparisons.Select(comparison => comparison.Ssim)),
            ActionRmse = Mean(comparisons.Select(comparison => comparison.ActionRmse)),
            StateRmse = Mean(comparisons.Select(comparison => comparison.StateRmse)),
            Simulated = simulated.Count,
            GoalError = Mean(simulated.Select(outcome => outcome.GoalError)),
            Successes = simulated.Count(outcome => outcome.Success),
            TruePsnr = EpisodeComparison.MeanPsnr([.. simulated.Select(outcome => outcome.Psnr).Where(value => !double.IsNaN(value))]),
            TrueSsim = Mean(simulated.Select(outcome => outcome.Ssim).Where(value => !double.IsNaN(value))),
        };
    }

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();
}
