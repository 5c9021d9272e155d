using System.Globalization;
using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability;

/// <summary>
/// What must hold when everything has ended, whatever happened before: every planned episode ended exactly once; every frame is there
/// once; frames, actions and states are those of the undisturbed run; no lease without an owner, no litter; the store is consistent.
/// </summary>
/// <param name="place">The store and its files; no node is at work.</param>
/// <param name="undisturbed">What the outputs must be; null to look at the journal and the files alone.</param>
public sealed class Invariants(Workplace place, UndisturbedRun? undisturbed)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Frames of every iteration.</summary>
    public required int FramesPerIteration { get; init; }

    /// <summary>Whether episodes may have been cancelled.</summary>
    public bool MayBeCancelled { get; init; }

    /// <summary>Checks everything.</summary>
    public async Task<Verdict> CheckAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await OnceAsync(stop).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                // Connections from before the database was killed.
                await Task.Delay(s_pause, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task<Verdict> OnceAsync(CancellationToken stop)
    {
        var dossiers = await place.DossiersAsync(stop).ConfigureAwait(false);
        var violations = new List<string>();
        var (completed, cancelled, lost, doubled, equal) = (0, 0, 0, 0, 0);
        foreach (var dossier in dossiers)
        {
            void Complain(string what) => violations.Add($"{dossier.Episode.Name} ({dossier.Episode.Id[..8]}): {what}");

            switch (dossier.Episode.State)
            {
                case JournalState.Completed:
                    completed++;
                    break;
                case JournalState.Cancelled when MayBeCancelled:
                    cancelled++;
                    break;
                default:
                    lost++;
                    Complain($"is {dossier.Episode.State}: {dossier.Episode.Cause}");
                    break;
            }

            var twice = Doubles(dossier).ToList();
            twice.ForEach(Complain);
            doubled += twice.Count > 0 ? 1 : 0;
            if (dossier.Lease is { } lease)
            {
                Complain($"node {lease.NodeName} has a lease of it and is gone");
            }

            if (dossier.Episode.State == JournalState.Completed)
            {
                var differences = Differences(dossier.Episode).ToList();
                differences.ForEach(Complain);
                equal += differences.Count == 0 && undisturbed is not null ? 1 : 0;
            }
        }

        violations.AddRange(WriterTrap.Unfinished(place.State).Select(path => $"a half written file is left: {path}"));
        violations.AddRange(Strangers(dossiers));
        var check = await new StoreCheck(place.Journal, place.Files).RunAsync(stop).ConfigureAwait(false);
        violations.AddRange(check.Findings.Select(finding => $"store check: {finding}"));
        return new Verdict(dossiers.Count, completed, cancelled, lost, doubled, equal, violations);
    }

    /// <summary>Ends, iterations and frames that are there more than once.</summary>
    private IEnumerable<string> Doubles(EpisodeDossier dossier)
    {
        if (dossier.Count(EventKind.Completed) > 1)
        {
            yield return "completed twice";
        }

        // By the journal alone: an iteration may come again only after it was given up.
        var next = 0;
        foreach (var entry in dossier.Events)
        {
            if (entry.Kind == EventKind.Rewound)
            {
                next = (int)entry.Data["committed"]!;
            }
            else if (entry.Kind == EventKind.IterationCommitted && (int)entry.Data["iteration"]! != next++)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"event {entry.Sequence} commits iteration {(int)entry.Data["iteration"]!} where {next - 1} is due");
            }
        }

        var frames = (long)dossier.Episode.Committed * FramesPerIteration;
        if (dossier.Episode.Frames != frames)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{dossier.Episode.Frames} frames for {dossier.Episode.Committed} iterations of {FramesPerIteration}");
        }
    }

    private IEnumerable<string> Differences(EpisodeView episode)
    {
        EpisodeOutput output;
        try
        {
            output = EpisodeOutput.Read(place.Files, episode);
        }
        catch (Exception cause) when (cause is InvalidOperationException or IOException or Media.MediaException or Torch.SafetensorsException or StoreException)
        {
            return [$"its results cannot be read: {cause.Message}"];
        }

        var wrong = new List<string>();
        var frames = episode.Iterations * FramesPerIteration;
        if (output.Frames.Count != frames)
        {
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"the video has {output.Frames.Count} frames instead of {frames}"));
        }

        if (undisturbed is not null)
        {
            wrong.AddRange(undisturbed.Find(episode) is { } expected ? output.DifferencesFrom(expected) : ["the undisturbed run did not have it"]);
        }

        return wrong;
    }

    /// <summary>Folders that no episode of the store has.</summary>
    private IEnumerable<string> Strangers(IReadOnlyList<EpisodeDossier> dossiers)
    {
        var known = dossiers.Select(it => it.Episode.Id).ToHashSet(StringComparer.Ordinal);
        return Directory.EnumerateDirectories(Path.Combine(place.State, "episodes"))
            .SelectMany(Directory.EnumerateDirectories)
            .Where(path => !known.Contains(Path.GetFileName(path)))
            .Select(path => $"{path} belongs to no episode");
    }
}
