namespace WorldModelActors.Episodes;

/// <summary>Fetches files that other nodes have in state folders of their own. For several callers at a time.</summary>
public interface IFileExchange
{
    /// <summary>Looks for a file among the other nodes.</summary>
    /// <param name="episodeId">The episode.</param>
    /// <param name="file">The file, as the journal knows it.</param>
    /// <param name="writer">Name of the node that wrote it; null where that is not known.</param>
    /// <param name="target">Takes its bytes; where the first node fails, it is emptied for the next.</param>
    /// <param name="stop">Stops.</param>
    /// <returns>Whether any node had it.</returns>
    Task<bool> FetchAsync(string episodeId, StoredFile file, string? writer, Stream target, CancellationToken stop);
}
