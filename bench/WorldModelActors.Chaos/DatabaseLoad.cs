using Npgsql;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>What a PostgreSQL has done so far.</summary>
/// <param name="Processor">Processor seconds of all its processes.</param>
/// <param name="Transactions">Transactions.</param>
/// <param name="Rows">Rows that statements looked at.</param>
/// <param name="Wal">Bytes of its write-ahead log.</param>
internal sealed record DatabaseWork(double Processor, long Transactions, long Rows, long Wal)
{
    public DatabaseWork Since(DatabaseWork before) => new(Processor - before.Processor, Transactions - before.Transactions, Rows - before.Rows, Wal - before.Wal);
}

/// <summary>Reads <see cref="DatabaseWork"/>, as a bystander.</summary>
internal sealed class DatabaseLoad(PrivatePostgres postgres, NpgsqlConnection connection) : IAsyncDisposable
{
    // Backends report what they did with some delay, at the latest when they have been idle for a second.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(2);

    public static async Task<DatabaseLoad> OpenAsync(PrivatePostgres postgres, CancellationToken stop)
    {
        var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync(stop);
        return new DatabaseLoad(postgres, connection);
    }

    public async Task<DatabaseWork> ReadAsync(CancellationToken stop)
    {
        var processor = postgres.ProcessorSeconds();
        await Task.Delay(s_settle, stop);
        await using var command = new NpgsqlCommand(
            """
            SELECT xact_commit + xact_rollback, tup_returned + tup_fetched, CAST(pg_current_wal_lsn() - '0/0'::pg_lsn AS BIGINT)
            FROM pg_stat_database WHERE datname = current_database()
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        return new DatabaseWork(processor, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
