namespace WorldModelActors.Episodes;

/// <summary>Checks the files of an episode.</summary>
internal sealed class FileCheck(EpisodeFiles files)
{
    /// <summary>
    /// The files that must be there. Of a completed episode with results: the results; its segments may be gone, the video
    /// holds their frames. Else every segment and the last checkpoints.
    /// </summary>
    public static IReadOnlyList<StoredFile> Required(EpisodeDossier dossier)
    {
        var (episode, events, iterations, _) = dossier;
        if (episode.State == JournalState.Completed && episode.Results.Count > 0)
        {
            return episode.Results;
        }

        // Whoever went back a step has used up the checkpoint to fall back to, until the next commit.
        var wentBack = events.LastOrDefault(next => next.Kind is EventKind.IterationCommitted or EventKind.Rewound) is { Kind: EventKind.Rewound };
        var oldest = iterations.Count - (wentBack ? 1 : EpisodeFiles.CheckpointsKept);
        return [.. iterations.SelectMany(iteration => iteration.Files.Where(file => file.Kind != StoredFileKind.Queue || iteration.Iteration >= oldest))];
    }

    /// <summary>What is wrong with the files that must be there.</summary>
    public IEnumerable<string> Damages(EpisodeDossier dossier) =>
        Required(dossier).Select(file => files.Damage(dossier.Episode.Id, file)).OfType<string>();

    /// <summary>
    /// Names of segments and checkpoints of a completed episode: its node died, or has not come to deleting them yet.
    /// </summary>
    public IReadOnlyList<string> Leftovers(EpisodeDossier dossier) =>
        dossier.Episode is { State: JournalState.Completed, Results.Count: > 0 } episode ? files.Litter(episode.Id, episode.Results) : [];

    /// <summary>
    /// Names of files that nobody needs. What the present owner has may be about to be committed; what its checkpoint pruning
    /// has not come to, and segments of a completed episode, are known files.
    /// </summary>
    public IReadOnlyList<string> Litter(EpisodeDossier dossier)
    {
        var (episode, _, iterations, lease) = dossier;
        var known = iterations.SelectMany(iteration => iteration.Files).Concat(episode.Results);
        return [.. files.Litter(episode.Id, known).Where(name => lease is null || EpisodeFiles.EpochOf(name) is not { } epoch || epoch < lease.Epoch)];
    }
}
