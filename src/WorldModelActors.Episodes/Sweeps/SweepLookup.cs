namespace WorldModelActors.Episodes;

/// <summary>Finds sweeps by what people type.</summary>
public static class SweepLookup
{
    private const int ShortestId = 4;

    /// <summary>The sweep of a name, or of an id or its first digits; null where there is none.</summary>
    /// <exception cref="SweepException">Several have the name or begin so.</exception>
    public static async Task<SweepSummary?> FindSweepAsync(this IEpisodeStore store, string nameOrId, CancellationToken stop = default)
    {
        var sweeps = (await store.SummaryAsync(stop: stop).ConfigureAwait(false)).Sweeps;
        foreach (var found in new[]
        {
            sweeps.Where(sweep => sweep.Id == nameOrId).ToList(),
            sweeps.Where(sweep => sweep.Name == nameOrId).ToList(),
            sweeps.Where(sweep => nameOrId.Length >= ShortestId && sweep.Id.StartsWith(nameOrId, StringComparison.Ordinal)).ToList(),
        })
        {
            if (found.Count > 1)
            {
                throw new SweepException($"several sweeps are called '{nameOrId}': use the id of one: {string.Join(", ", found.Select(sweep => $"{sweep.Id[..8]} (planned {sweep.PlannedAt:yyyy-MM-dd HH:mm})"))}");
            }

            if (found.Count == 1)
            {
                return found[0];
            }
        }

        return null;
    }

    /// <summary>The sweep of a name or an id.</summary>
    /// <exception cref="SweepException">There is none, or several.</exception>
    public static async Task<SweepSummary> RequireSweepAsync(this IEpisodeStore store, string nameOrId, CancellationToken stop = default)
    {
        const int most = 10;
        if (await store.FindSweepAsync(nameOrId, stop).ConfigureAwait(false) is { } sweep)
        {
            return sweep;
        }

        var sweeps = (await store.SummaryAsync(stop: stop).ConfigureAwait(false)).Sweeps;
        throw new SweepException(sweeps.Count == 0
            ? $"{store.Location}: there is no sweep in this store; plan one with wma submit"
            : $"{store.Location}: no sweep '{nameOrId}'; there is: {string.Join(", ", sweeps.Take(most).Select(item => item.Name))}{(sweeps.Count > most ? ", ..." : "")}");
    }

    /// <summary>All episodes of a selection, page by page.</summary>
    public static async Task<IReadOnlyList<EpisodeView>> ListAllAsync(this IEpisodeStore store, EpisodeSelection selection, CancellationToken stop = default)
    {
        const int page = 1000;
        var episodes = new List<EpisodeView>();
        while (true)
        {
            var next = await store.ListAsync(selection, episodes.Count == 0 ? 0 : episodes[^1].Number, page, stop).ConfigureAwait(false);
            episodes.AddRange(next);
            if (next.Count < page)
            {
                return episodes;
            }
        }
    }
}
