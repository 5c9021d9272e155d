namespace WorldModelActors.Episodes.Tests;

/// <summary>A new, empty store whose clock stands still until a test moves it. Each opening stands for another process.</summary>
public abstract class StoreHome : IAsyncDisposable
{
    private readonly List<IEpisodeStore> _opened = [];

    public abstract StoreLocation Location { get; }

    private protected ManualTime Time { get; } = new();

    /// <summary>Opens the store once more.</summary>
    public async Task<IEpisodeStore> OpenAsync(StoreOptions? options = null)
    {
        var store = await EpisodeStores.OpenAsync(Location, Adapt(options ?? new StoreOptions()), TestContext.Current.CancellationToken);
        _opened.Add(store);
        await StopClockAsync();
        return store;
    }

    /// <summary>Moves the store's clock.</summary>
    public abstract Task AdvanceAsync(TimeSpan by);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
        {
            await store.DisposeAsync();
        }

        await RemoveAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract StoreOptions Adapt(StoreOptions options);

    protected abstract Task StopClockAsync();

    protected abstract Task RemoveAsync();
}

/// <summary>A SQLite file in a folder of its own.</summary>
internal sealed class SqliteHome : StoreHome
{
    private readonly TemporaryFolder _folder = new();

    public SqliteHome() => Location = new SqliteLocation(_folder.File("state", "store.sqlite"));

    public override StoreLocation Location { get; }

    public override Task AdvanceAsync(TimeSpan by)
    {
        Time.Advance(by);
        return Task.CompletedTask;
    }

    protected override StoreOptions Adapt(StoreOptions options) => options with { Time = Time };

    protected override Task StopClockAsync() => Task.CompletedTask;

    protected override Task RemoveAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>A schema of the tests' PostgreSQL.</summary>
internal sealed class PostgresHome(PostgresInstance instance) : StoreHome
{
    private readonly PostgresLocation _location = instance.NewSchema();
    private bool _stopped;

    public override StoreLocation Location => _location;

    public override Task AdvanceAsync(TimeSpan by) =>
        instance.RunAsync(_location, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"UPDATE clock SET ms = ms + {(long)by.TotalMilliseconds}"));

    protected override StoreOptions Adapt(StoreOptions options) => options;

    /// <summary>Puts a clock that tests move in the place of the database's own.</summary>
    protected override async Task StopClockAsync()
    {
        if (!_stopped)
        {
            _stopped = true;
            await instance.RunAsync(
                _location,
                """
                CREATE TABLE clock (ms BIGINT NOT NULL);
                INSERT INTO clock VALUES (1700000000000);
                CREATE OR REPLACE FUNCTION wma_now() RETURNS BIGINT LANGUAGE sql STABLE AS 'SELECT ms FROM clock';
                """);
        }
    }

    protected override Task RemoveAsync() => instance.RunAsync(_location, $"DROP SCHEMA {_location.Schema} CASCADE");
}
