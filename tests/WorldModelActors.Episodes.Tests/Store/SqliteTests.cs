using Microsoft.Data.Sqlite;

namespace WorldModelActors.Episodes.Tests;

/// <summary>What only SQLite has: a file.</summary>
public sealed class SqliteTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_file_and_its_log_are_the_owners_alone()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("deep", "state", "store.sqlite");
        await using var store = await EpisodeStores.OpenAsync(new SqliteLocation(path), null, Stop);
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(1), Stop);
        Assert.Equal(Private, File.GetUnixFileMode(path));
        Assert.Equal(Private, File.GetUnixFileMode(path + "-wal"));
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File("deep", "state")));
    }

    [Fact]
    public async Task What_is_no_store_is_named()
    {
        using var folder = new TemporaryFolder();
        var text = folder.File("notes.txt");
        await File.WriteAllTextAsync(text, new string('x', 5000), Stop);
        var error = await Assert.ThrowsAsync<StoreException>(() => EpisodeStores.OpenAsync(new SqliteLocation(text), null, Stop));
        Assert.Contains(text, error.Message);
        Assert.Contains("no SQLite file", error.Message);
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(text, Stop));

        var isFolder = await Assert.ThrowsAsync<StoreException>(() => EpisodeStores.OpenAsync(new SqliteLocation(folder.Path), null, Stop));
        Assert.Contains(folder.Path, isFolder.Message);
    }

    [Fact]
    public async Task A_lock_that_stays_is_a_transient_error()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("store.sqlite");
        await using var store = await EpisodeStores.OpenAsync(new SqliteLocation(path), new StoreOptions { CommandTimeout = TimeSpan.FromSeconds(1) }, Stop);
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        await connection.OpenAsync(Stop);
        await using var transaction = connection.BeginTransaction();

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.PlanAsync(Plans.Sweep(), Plans.Episodes(1), Stop));
        Assert.True(error.IsTransient);
        Assert.Contains(path, error.Message);
        await transaction.RollbackAsync(Stop);
        Assert.Equal(1, (await store.PlanAsync(Plans.Sweep(), Plans.Episodes(1), Stop)).Added);
    }

    [Fact]
    public async Task A_subscriber_waits_no_longer_than_asked()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        await using var store = await EpisodeStores.OpenAsync(new SqliteLocation(folder.File("store.sqlite")), new StoreOptions { Time = time }, Stop);
        await using var subscription = await store.SubscribeAsync(Stop);
        var next = subscription.NextAsync(TimeSpan.FromMilliseconds(150), Stop);
        await time.WaitedForAsync(Stop);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await time.WaitedForAsync(Stop);
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(StoreSignals.None, await next);
    }

    [Fact]
    public async Task A_claim_never_reads_all_episodes()
    {
        using var folder = new TemporaryFolder();
        var location = new SqliteLocation(folder.File("store.sqlite"));
        await using var store = await EpisodeStores.OpenAsync(location, null, Stop);
        await using var dialect = new SqliteDialect(location, new StoreOptions());
        await using var connection = await dialect.OpenAsync(Stop);
        foreach (var sql in new[] { ClaimSql.Standing, ClaimSql.Leases, ClaimSql.LiveQueues, ClaimSql.TakePlanned(dialect), ClaimSql.TakeOver(dialect), ClaimSql.FailHopeless(dialect), ClaimSql.Wake(dialect) })
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "EXPLAIN QUERY PLAN " + sql;
            foreach (var name in new[] { "queue", "count", "node", "limit", "losses", "cause" })
            {
                command.Parameters.Add(new SqliteParameter(name, 1));
            }

            var plan = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(Stop);
            while (await reader.ReadAsync(Stop))
            {
                plan.Add(reader.GetString(3));
            }

            Assert.NotEmpty(plan);
            Assert.DoesNotContain(plan, line => line.StartsWith("SCAN e", StringComparison.Ordinal));
        }
    }
}
