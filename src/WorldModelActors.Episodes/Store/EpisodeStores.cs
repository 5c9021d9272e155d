namespace WorldModelActors.Episodes;

/// <summary>Opens stores.</summary>
public static class EpisodeStores
{
    /// <summary>Opens a store, and makes or updates its tables where that is needed.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="options">How it behaves; null for the defaults.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <exception cref="StoreException">It cannot be used, or a newer program made it.</exception>
    public static async Task<IEpisodeStore> OpenAsync(StoreLocation location, StoreOptions? options = null, CancellationToken stop = default)
    {
        options ??= new StoreOptions();
        StoreDialect dialect = location switch
        {
            SqliteLocation sqlite => new SqliteDialect(sqlite, options),
            PostgresLocation postgres => new PostgresDialect(postgres, options),
            _ => throw new ArgumentException($"{location} is no kind of store", nameof(location)),
        };
        try
        {
            var store = new EpisodeStore(dialect);
            await store.MigrateAsync(stop).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await dialect.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
