using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary>A store and the files beside it.</summary>
/// <param name="Store">The store.</param>
/// <param name="Files">Its files.</param>
internal sealed record OpenStore(IEpisodeStore Store, EpisodeFiles Files) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
