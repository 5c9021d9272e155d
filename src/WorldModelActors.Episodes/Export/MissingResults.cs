namespace WorldModelActors.Episodes;

/// <summary>Results of episodes that were completed on nodes whose state folder is not this one.</summary>
public static class MissingResults
{
    /// <summary>Fetches what is not here. What nobody has stays missing.</summary>
    /// <param name="store">The store.</param>
    /// <param name="files">This state folder.</param>
    /// <param name="exchange">Where from.</param>
    /// <param name="episodes">The episodes; only completed ones have results.</param>
    /// <param name="stop">Stops between two files.</param>
    /// <returns>Files that came.</returns>
    public static async Task<int> FetchAsync(IEpisodeStore store, EpisodeFiles files, IFileExchange exchange, IEnumerable<EpisodeView> episodes, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(episodes);
        var fetched = 0;
        foreach (var episode in episodes.Where(episode => episode.State == JournalState.Completed))
        {
            foreach (var file in episode.Results.Where(file => !files.Has(episode.Id, file)))
            {
                stop.ThrowIfCancellationRequested();
                fetched += await files.FetchAsync(exchange, episode.Id, file, episode.Node, stop).ConfigureAwait(false) ? 1 : 0;
            }
        }

        return fetched;
    }
}
