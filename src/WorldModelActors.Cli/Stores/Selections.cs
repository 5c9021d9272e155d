using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary>Sweeps and episodes as a user names them: by name or by the beginning of an id.</summary>
internal static class Selections
{
    /// <summary>A sweep.</summary>
    /// <param name="summary">The store's sweeps.</param>
    /// <param name="name">Its name, or the beginning of its id.</param>
    /// <exception cref="UsageException">There is none, or several.</exception>
    public static SweepSummary SweepOf(StoreSummary summary, string name) => FindSweep(summary, name)
        ?? throw new UsageException($"'{name}': no sweep is called so and no id begins so; there is: {Known(summary)}");

    /// <summary>What a user names: an episode, a sweep, or with <c>all</c> everything.</summary>
    /// <param name="store">The store.</param>
    /// <param name="names">Names or beginnings of ids.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="UsageException">One of them is nothing.</exception>
    public static async Task<IReadOnlyList<EpisodeSelection>> OfAsync(IEpisodeStore store, IReadOnlyList<string> names, CancellationToken stop)
    {
        var summary = await store.SummaryAsync(stop: stop).ConfigureAwait(false);
        var selections = new List<EpisodeSelection>();
        foreach (var name in names)
        {
            if (FindSweep(summary, name) is { } sweep)
            {
                selections.Add(EpisodeSelection.OfSweep(sweep.Id));
            }
            else if (name.Length >= 4 && await store.FindAsync(name, stop).ConfigureAwait(false) is { } episode)
            {
                selections.Add(EpisodeSelection.Of(episode.Id));
            }
            else
            {
                throw new UsageException($"'{name}': no sweep is called so, and no id of a sweep or episode begins so; sweeps: {Known(summary)}");
            }
        }

        return selections;
    }

    private static SweepSummary? FindSweep(StoreSummary summary, string name)
    {
        var found = summary.Sweeps.Where(sweep => sweep.Name == name || sweep.Id == name).ToList();
        if (found.Count == 0 && name.Length >= 4)
        {
            found = [.. summary.Sweeps.Where(sweep => sweep.Id.StartsWith(name, StringComparison.Ordinal))];
        }

        return found.Count <= 1 ? found.FirstOrDefault() : throw new UsageException(
            $"'{name}' is the name of {found.Count} sweeps: use an id ({string.Join(", ", found.Select(sweep => sweep.Id[..12]))})");
    }

    private static string Known(StoreSummary summary) =>
        summary.Sweeps.Count == 0 ? "none" : string.Join(", ", summary.Sweeps.Select(sweep => sweep.Name).Distinct().Take(20));
}
