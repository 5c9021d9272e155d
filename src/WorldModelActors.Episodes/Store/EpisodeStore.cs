using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>The store on either database: transactions, repetition after conflicts, and the schema.</summary>
internal sealed partial class EpisodeStore(StoreDialect dialect) : IEpisodeStore
{
    private const int Conflicts = 20;

    // The numbers of states as SQL sees them: literals, so that partial indices apply.
    private const int Planned = (int)JournalState.Planned;
    private const int Waiting = (int)JournalState.Waiting;
    private const int Running = (int)JournalState.Running;
    private const int Completed = (int)JournalState.Completed;
    private const int Failed = (int)JournalState.Failed;
    private const int Cancelled = (int)JournalState.Cancelled;

    private readonly SemaphoreSlim _writing = new(1, 1);

    public StoreLocation Location => dialect.Location;

    private StoreOptions Options => dialect.Options;

    public Task<IStoreSubscription> SubscribeAsync(CancellationToken stop = default) => dialect.SubscribeAsync(stop);

    public async IAsyncEnumerable<StoreSummary> WatchAsync(string? sweepId, TimeSpan pause, [EnumeratorCancellation] CancellationToken stop = default)
    {
        var subscription = await dialect.SubscribeAsync(stop).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            while (true)
            {
                yield return await SummaryAsync(sweepId, null, stop).ConfigureAwait(false);
                await subscription.NextAsync(pause, stop).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Brings the schema to the present version.</summary>
    public async Task MigrateAsync(CancellationToken stop)
    {
        // Looking first lets a user without the right to make tables work with tables that are there.
        if (await ReadAsync(VersionAsync, stop).ConfigureAwait(false) == Migrations.Current)
        {
            return;
        }

        await WriteAsync(
            async session =>
            {
                await dialect.PrepareMigrationAsync(session).ConfigureAwait(false);
                var version = await VersionAsync(session).ConfigureAwait(false);
                if (version == 0)
                {
                    await session.RunAsync("CREATE TABLE schema_version (version INTEGER NOT NULL)").ConfigureAwait(false);
                    await session.RunAsync("INSERT INTO schema_version (version) VALUES (0)").ConfigureAwait(false);
                }

                foreach (var step in Migrations.Steps.Skip(version))
                {
                    await session.RunAsync(step.Replace("{serial}", dialect.Serial, StringComparison.Ordinal).Replace("{blob}", dialect.Blob, StringComparison.Ordinal)).ConfigureAwait(false);
                }

                return await session.RunAsync("UPDATE schema_version SET version = @version", ("version", Migrations.Current)).ConfigureAwait(false);
            },
            stop).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await dialect.DisposeAsync().ConfigureAwait(false);
        _writing.Dispose();
    }

    private async Task<int> VersionAsync(StoreSession session)
    {
        if (!await dialect.HasSchemaAsync(session).ConfigureAwait(false))
        {
            return 0;
        }

        var version = (int)(await session.NumberAsync("SELECT CAST(version AS BIGINT) FROM schema_version").ConfigureAwait(false) ?? 0);
        return version <= Migrations.Current
            ? version
            : throw new StoreException($"{Location}: a newer program made this store (schema {version}, this one knows {Migrations.Current}): update wma");
    }

    /// <summary>Runs a transaction that writes. It is repeated where another one got in its way.</summary>
    private async Task<T> WriteAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken stop)
    {
        if (dialect.WritesOneByOne)
        {
            // Taking turns inside the process is cheaper than waiting for the file's lock.
            await _writing.WaitAsync(stop).ConfigureAwait(false);
        }

        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await OnceAsync(work, write: true, stop).ConfigureAwait(false);
                }
                catch (Exception cause) when (attempt < Conflicts && dialect.IsConflict(cause))
                {
                }
            }
        }
        catch (Exception cause) when (dialect.Translate(cause) is { } translated)
        {
            throw translated;
        }
        finally
        {
            if (dialect.WritesOneByOne)
            {
                _writing.Release();
            }
        }
    }

    /// <summary>Runs queries that see one moment.</summary>
    private async Task<T> ReadAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken stop)
    {
        try
        {
            return await OnceAsync(work, write: false, stop).ConfigureAwait(false);
        }
        catch (Exception cause) when (dialect.Translate(cause) is { } translated)
        {
            throw translated;
        }
    }

    private async Task<T> OnceAsync<T>(Func<StoreSession, Task<T>> work, bool write, CancellationToken stop)
    {
        var connection = await dialect.OpenAsync(stop).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await (write ? dialect.BeginAsync(connection, stop) : dialect.BeginSnapshotAsync(connection, stop)).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var result = await work(new StoreSession(connection, transaction, stop)).ConfigureAwait(false);
                // Not to be stopped halfway: the caller could not know whether it happened.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return result;
            }
        }
    }

    /// <summary>Appends one event to each of several journals.</summary>
    private Task AppendAsync(StoreSession session, EventKind kind, string? node, IReadOnlyCollection<Entry> entries) => entries.Count == 0
        ? Task.CompletedTask
        : session.RunAsync(
            $"""
            INSERT INTO events (episode, seq, kind, epoch, node, at, data)
            SELECT CAST(r.value ->> 'no' AS BIGINT), CAST(r.value ->> 'seq' AS INTEGER), {(int)kind}, CAST(r.value ->> 'epoch' AS BIGINT), CAST(@node AS TEXT), wma_now(), r.value ->> 'data'
            FROM {dialect.Rows}
            """,
            ("node", node),
            StoreSession.Rows(entries.Select(entry => new JsonObject
            {
                ["no"] = entry.Number,
                ["seq"] = entry.Sequence,
                ["epoch"] = entry.Epoch,
                ["data"] = CanonicalJson.Text(entry.Data),
            })));

    /// <summary>An event to append.</summary>
    private sealed record Entry(long Number, int Sequence, long Epoch, JsonObject Data);
}
