using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability;

/// <summary>Questions to what a journal tells.</summary>
public static class Journals
{
    /// <summary>Whether every episode has ended.</summary>
    public static bool AllEnded(this IReadOnlyList<EpisodeDossier> dossiers) => dossiers.Count > 0 && dossiers.All(it => it.Episode.State.IsEnded());

    /// <summary>Whether a node has committed an iteration.</summary>
    public static bool HasCommitted(this EpisodeDossier dossier, string node) => dossier.Events.Any(it => it.Kind == EventKind.IterationCommitted && it.Node == node);

    /// <summary>How often a kind of event happened.</summary>
    public static int Count(this EpisodeDossier dossier, EventKind kind) => dossier.Events.Count(it => it.Kind == kind);

    /// <summary>How often the episode was taken from a node that had let its lease run out.</summary>
    public static int TakeOvers(this EpisodeDossier dossier) => dossier.Events.Count(it => it.Kind == EventKind.Claimed && (bool?)it.Data["taken_over"] == true);
}
