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

    /// <summary>The episodes of sweeps (by name or id) and single ones (by id or its first digits), each once, in the order of planning.</summary>
    /// <param name="store">The store.</param>
    /// <param name="names">Which; none for every episode of the store.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="SweepException">There is none of a name, or several.</exception>
    public static async Task<IReadOnlyList<EpisodeView>> SelectAsync(this IEpisodeStore store, IReadOnlyCollection<string> names, CancellationToken stop = default)
    {
        if (names.Count == 0)
        {
            return await store.ListAllAsync(new EpisodeSelection { All = true }, stop).ConfigureAwait(false);
        }

        var episodes = new SortedDictionary<long, EpisodeView>();
        foreach (var name in names)
        {
            IReadOnlyList<EpisodeView> found =
                await store.FindSweepAsync(name, stop).ConfigureAwait(false) is { } sweep ? await store.ListAllAsync(EpisodeSelection.OfSweep(sweep.Id), stop).ConfigureAwait(false)
                : [await store.RequireEpisodeAsync(name, stop).ConfigureAwait(false)];
            foreach (var episode in found)
            {
                episodes.TryAdd(episode.Number, episode);
            }
        }

        return [.. episodes.Values];
    }

    /// <summary>Sweeps (by name or id) and single episodes (by id or its first digits) as selections; their episodes are not read.</summary>
    /// <param name="store">The store.</param>
    /// <param name="names">Which; none for every episode of the store.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="SweepException">There is none of a name, or several.</exception>
    public static async Task<IReadOnlyList<EpisodeSelection>> SelectionsAsync(this IEpisodeStore store, IReadOnlyCollection<string> names, CancellationToken stop = default)
    {
        if (names.Count == 0)
        {
            return [new EpisodeSelection { All = true }];
        }

        var selections = new List<EpisodeSelection>();
        foreach (var name in names)
        {
            selections.Add(await store.FindSweepAsync(name, stop).ConfigureAwait(false) is { } sweep
                ? EpisodeSelection.OfSweep(sweep.Id)
                : EpisodeSelection.Of((await store.RequireEpisodeAsync(name, stop).ConfigureAwait(false)).Id));
        }

        return selections;
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

    /// <summary>The episode of an id or its first digits, after no sweep was found under that name.</summary>
    private static async Task<EpisodeView> RequireEpisodeAsync(this IEpisodeStore store, string name, CancellationToken stop) =>
        (name.Length > 0 && name.All(char.IsAsciiHexDigitLower) ? await store.FindAsync(name, stop).ConfigureAwait(false) : null)
        ?? throw new SweepException($"{store.Location}: neither a sweep nor an episode '{name}'; look with wma status");
}
