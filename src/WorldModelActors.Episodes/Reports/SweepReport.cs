using System.Globalization;

namespace WorldModelActors.Episodes;

/// <summary>What came out of a sweep: numbers of every episode and of every variant.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Reference">What variants are compared with, short names and values; null where nothing is.</param>
/// <param name="Episodes">Every episode, in the order of planning.</param>
/// <param name="Variants">Every variant, in the order of planning.</param>
public sealed record SweepReport(
    SweepSummary Sweep, IReadOnlyDictionary<string, string>? Reference, IReadOnlyList<ReportEpisode> Episodes, IReadOnlyList<ReportVariant> Variants)
{
    /// <summary>From the first claim to the last end of the completed episodes; null where none is completed.</summary>
    public TimeSpan? WallTime
    {
        get
        {
            var done = Episodes.Where(episode => episode.IsCompleted && episode.View is { StartedAt: not null, EndedAt: not null }).ToList();
            return done.Count == 0 ? null : done.Max(episode => episode.View.EndedAt!.Value) - done.Min(episode => episode.View.StartedAt!.Value);
        }
    }

    /// <summary>Frames of the completed episodes.</summary>
    public long Frames => Episodes.Where(episode => episode.IsCompleted).Sum(episode => (long)episode.Summary!.Frames);

    /// <summary>Some variant was compared with the reference.</summary>
    public bool HasQuality => Variants.Any(variant => variant.Compared > 0);

    /// <summary>Some episode was executed on the demo simulator.</summary>
    public bool HasSimulation => Variants.Any(variant => variant.Simulated > 0);

    /// <summary>One line about the whole.</summary>
    public string Describe()
    {
        var states = Episodes.GroupBy(episode => episode.View.State).OrderBy(group => group.Key).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}"));
        var speed = WallTime is { TotalSeconds: > 0 } wall
            ? string.Create(CultureInfo.InvariantCulture, $"; {Frames} frames in {wall.TotalSeconds:0.#} s, {Frames / wall.TotalSeconds:0.##} frames/s all together")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Episodes.Count} episodes ({string.Join(", ", states)}), {Variants.Count} {(Variants.Count == 1 ? "variant" : "variants")}{speed}");
    }
}
