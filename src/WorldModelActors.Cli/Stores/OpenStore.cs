using WorldModelActors.Episodes;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>A store and the files beside it.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private OpenStore(IEpisodeStore store, EpisodeFiles files) => (Store, Files) = (store, files);

    public IEpisodeStore Store { get; }

    public EpisodeFiles Files { get; }

    /// <summary>Opens the store of the settings.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="mustExist">Refuse a SQLite file that is not there; else it is made.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="UsageException">There is none, or it has no folder for files.</exception>
    /// <exception cref="StoreException">It cannot be used.</exception>
    public static async Task<OpenStore> OpenAsync(WmaSettings settings, bool mustExist, CancellationToken stop = default)
    {
        var location = StoreLocation.Parse(settings.Store.Location);
        if (mustExist && location is SqliteLocation { Path: var path } && !File.Exists(path))
        {
            throw new UsageException($"{path}: no such store; wma submit makes one, --store FILE|URL names another");
        }

        var state = settings.Store.State ?? (location is SqliteLocation file
            ? Path.GetDirectoryName(Path.GetFullPath(file.Path))!
            : throw new UsageException("--store postgres://...: give --state DIR too, a folder that all nodes see"));
        var files = EpisodeFiles.Open(state);
        var options = new StoreOptions
        {
            MaxFailures = settings.Store.MaxFailures,
            MaxLosses = settings.Store.MaxLosses,
            RetryDelay = settings.Store.RetryDelay,
        };
        return new OpenStore(await EpisodeStores.OpenAsync(location, options, stop).ConfigureAwait(false), files);
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
