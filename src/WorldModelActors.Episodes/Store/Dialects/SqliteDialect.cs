using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace WorldModelActors.Episodes;

/// <summary>
/// One file in WAL mode: readers never wait, writers take turns, and a commit is on the disk when it returns
/// (synchronous=FULL).
/// </summary>
internal sealed class SqliteDialect : StoreDialect
{
    private readonly string _path;
    private readonly string _connectionString;

    public SqliteDialect(SqliteLocation location, StoreOptions options)
        : base(location, options)
    {
        _path = Path.GetFullPath(location.Path);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = _path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = true,
            DefaultTimeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds),
        }.ToString();
        MakeFile(location);
    }

    public override string Serial => "INTEGER PRIMARY KEY AUTOINCREMENT";

    public override string Blob => "BLOB";

    public override string ForUpdate => "";

    public override string Rows => "json_each(@rows) AS r";

    public override bool WritesOneByOne => true;

    public override string SkipLocked(string tables) => "";

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(stop).ConfigureAwait(false);
            connection.CreateFunction("wma_now", () => Options.Time.GetUtcNow().ToUnixTimeMilliseconds());
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = string.Create(
                    CultureInfo.InvariantCulture,
                    $"PRAGMA busy_timeout = {(int)Options.CommandTimeout.TotalMilliseconds}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
                command.ExecuteNonQuery();
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>BEGIN IMMEDIATE: whoever begins has the right to write, so nothing that it read can be stale.</summary>
    public override ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken stop) =>
        ValueTask.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    public override ValueTask<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken stop) =>
        ValueTask.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    public override async Task PrepareMigrationAsync(StoreSession session)
    {
        var mode = await session.ReadAsync("PRAGMA journal_mode", row => row.GetString(0)).ConfigureAwait(false);
        if (!string.Equals(mode[0], "wal", StringComparison.OrdinalIgnoreCase))
        {
            throw new StoreException($"{Location}: this file system cannot hold a SQLite store (no write-ahead log): use a local disk, or PostgreSQL");
        }

        // Subscriptions look at these counters instead of at the tables.
        await session.RunAsync("CREATE TABLE IF NOT EXISTS signals (kind INTEGER NOT NULL PRIMARY KEY, count INTEGER NOT NULL)").ConfigureAwait(false);
        await session.RunAsync("INSERT INTO signals (kind, count) VALUES (1, 0), (2, 0) ON CONFLICT DO NOTHING").ConfigureAwait(false);
    }

    public override async Task<bool> HasSchemaAsync(StoreSession session) =>
        await session.NumberAsync("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'").ConfigureAwait(false) is not null;

    public override Task SignalAsync(StoreSession session, StoreSignals signals) =>
        session.RunAsync("UPDATE signals SET count = count + 1 WHERE (kind & @signals) <> 0", ("signals", (int)signals));

    public override async Task<IStoreSubscription> SubscribeAsync(CancellationToken stop)
    {
        var subscription = new SqliteSubscription(this);
        await subscription.NextAsync(TimeSpan.Zero, stop).ConfigureAwait(false);
        return subscription;
    }

    public override Task AnalyzeAsync(StoreSession session) => Task.CompletedTask;

    public override bool IsConflict(Exception cause) => false;

    public override StoreException? Translate(Exception cause) => cause switch
    {
        SqliteException { SqliteErrorCode: 5 or 6 } => new StoreUnavailableException(
            $"{Location}: another process held the store for more than {Options.CommandTimeout.TotalSeconds:0} s ({cause.Message})", cause),
        SqliteException { SqliteErrorCode: 13 } => new DiskFullException($"{Location}: no space is left for the store: free some, then it goes on", cause),
        SqliteException { SqliteErrorCode: 10 } when FileErrors.IsNearlyFull(_path) =>
            new DiskFullException($"{Location}: no space is left for the store: free some, then it goes on", cause),
        SqliteException { SqliteErrorCode: 26 } => new StoreException($"{Location}: is no SQLite file: choose another --store, or restore it", cause),
        SqliteException { SqliteErrorCode: 11 } => new StoreException($"{Location}: the file is damaged ({cause.Message}): restore it from a copy", cause),
        SqliteException { SqliteErrorCode: 8 } => new StoreException($"{Location}: may not be written to: check its owner and permissions", cause),
        SqliteException => new StoreException($"{Location}: {cause.Message}", cause),
        _ => null,
    };

    public override ValueTask DisposeAsync()
    {
        // A store that is closed leaves no handle on its file.
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes the file for its owner alone; SQLite gives its log the same permissions.</summary>
    private void MakeFile(SqliteLocation location)
    {
        try
        {
            PrivateFolder.Create(Path.GetDirectoryName(_path)!);
            using var file = PrivateFile.Open(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.IsDiskFull(cause)
                ? new DiskFullException($"{location}: no space is left for the store", cause)
                : new StoreException($"{location}: the store cannot be opened ({cause.Message})", cause);
        }
    }
}
