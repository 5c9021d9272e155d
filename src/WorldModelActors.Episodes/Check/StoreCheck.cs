namespace WorldModelActors.Episodes;

/// <summary>
/// Checks a store and the files beside it, also while nodes are at work: every journal obeys the rules, epochs only rise, rows
/// and journal agree, every frame is there once, files have their checksums, no lease without an owner, no litter.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="files">The files beside it; null to check the store alone.</param>
public sealed class StoreCheck(IEpisodeStore store, EpisodeFiles? files)
{
    private const int Page = 200;
    private const int Attempts = 5;

    /// <summary>
    /// Deletes litter: files that no journal names, left by owners that died; and the segments that a node which died right after an episode's
    /// end did not come to deleting.
    /// </summary>
    public bool Repair { get; init; }

    /// <summary>Told how many episodes are checked, page by page.</summary>
    public IProgress<int>? Progress { get; init; }

    /// <summary>Checks everything.</summary>
    public async Task<CheckReport> RunAsync(CancellationToken stop = default)
    {
        var findings = new List<Finding>();
        var (episodes, events, checkedFiles, frames, after) = (0, 0L, 0L, 0L, 0L);
        while (true)
        {
            var page = await store.DossiersAsync(after, Page, stop).ConfigureAwait(false);
            if (page.Count == 0)
            {
                return new CheckReport(episodes, events, checkedFiles, frames, findings);
            }

            foreach (var dossier in page)
            {
                var settled = await SettledAsync(dossier, findings, stop).ConfigureAwait(false);
                events += settled.Events.Count;
                frames += settled.Iterations.Sum(iteration => (long)iteration.Frames);
                checkedFiles += files is null ? 0 : FileCheck.Required(settled).Count;
            }

            episodes += page.Count;
            after = page[^1].Episode.Number;
            Progress?.Report(episodes);
        }
    }

    /// <summary>Checks an episode. Where something is wrong and its journal has gone on meanwhile, it looks again.</summary>
    private async Task<EpisodeDossier> SettledAsync(EpisodeDossier dossier, List<Finding> findings, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var found = Look(dossier);
            if (found.Count > 0)
            {
                var again = await store.DossiersAsync(dossier.Episode.Number - 1, 1, stop).ConfigureAwait(false);
                if (attempt < Attempts && again[0].Episode.Sequence != dossier.Episode.Sequence)
                {
                    dossier = again[0];
                    continue;
                }

                findings.AddRange(found);
            }

            return dossier;
        }
    }

    private List<Finding> Look(EpisodeDossier dossier)
    {
        var id = dossier.Episode.Id;
        var found = JournalCheck.Findings(dossier).Select(message => new Finding(id, message)).ToList();
        if (files is not null)
        {
            var check = new FileCheck(files);
            found.AddRange(check.Damages(dossier).Select(message => new Finding(id, message)));
            var litter = check.Litter(dossier);
            if (Repair)
            {
                files.Delete(id, litter.Concat(check.Leftovers(dossier)));
            }

            var left = Repair ? check.Litter(dossier).ToHashSet(StringComparer.Ordinal) : null;
            found.AddRange(litter.Select(name => new Finding(id, $"{name} is in its folder and belongs to no iteration", left?.Contains(name) == false)));
        }

        return found;
    }
}
