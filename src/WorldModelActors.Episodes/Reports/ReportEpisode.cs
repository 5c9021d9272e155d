namespace WorldModelActors.Episodes;

/// <summary>An episode of a report.</summary>
/// <param name="View">The episode.</param>
/// <param name="Spec">What it runs.</param>
/// <param name="Summary">Its numbers; null where it is not completed.</param>
public sealed record ReportEpisode(EpisodeView View, EpisodeSpec Spec, EpisodeSummary? Summary)
{
    /// <summary>Against the reference; null where there is none, or it is the reference itself.</summary>
    public EpisodeComparison? Comparison { get; init; }

    /// <summary>It is what others are compared with.</summary>
    public bool IsReference { get; init; }

    /// <summary>On the demo simulator; null for other prompts.</summary>
    public SimulatedOutcome? Simulated { get; init; }

    /// <summary>Why something is missing, one line; null where nothing is.</summary>
    public string? Note { get; init; }

    /// <summary>It has ended well and has its numbers.</summary>
    public bool IsCompleted => View.State == JournalState.Completed && Summary is not null;

    /// <summary>Its place in the grid but for the seed: equal for the episodes that a variant consists of.</summary>
    public string Variant => ReportVariant.NameOf(Spec.Variant);
}
