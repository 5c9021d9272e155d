using WorldModelActors.Episodes;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>A store and the files beside it.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private OpenStore(IEpisodeStore store, EpisodeFiles files, ExchangeSettings exchange) => (Store, Files, Exchange) = (store, files, exchange);

    public IEpisodeStore Store { get; }

    public EpisodeFiles Files { get; }

    /// <summary>How nodes with other state folders are asked for files.</summary>
    public ExchangeSettings Exchange { get; }

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
        return new OpenStore(await EpisodeStores.OpenAsync(location, options, stop).ConfigureAwait(false), files, settings.Exchange);
    }

    /// <summary>The same for who has come to stay: a database that does not serve yet is waited for.</summary>
    public static async Task<OpenStore> OpenPatientlyAsync(WmaSettings settings, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OpenAsync(settings, mustExist: false, stop).ConfigureAwait(false);
            }
            catch (StoreUnavailableException cause)
            {
                if (attempt == 1)
                {
                    await Console.Error.WriteLineAsync($"wma: waiting for the store: {cause.Message}").ConfigureAwait(false);
                }

                await Task.Delay(s_pause, stop).ConfigureAwait(false);
            }
        }
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
