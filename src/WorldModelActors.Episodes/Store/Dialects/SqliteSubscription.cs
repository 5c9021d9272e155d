using System.Data.Common;

namespace WorldModelActors.Episodes;

/// <summary>
/// Looks at the counters of a SQLite store from time to time, through a connection of its own: opening one costs a hundred times what a look
/// does.
/// </summary>
internal sealed class SqliteSubscription(SqliteDialect dialect) : IStoreSubscription
{
    private DbConnection? _connection;
    private Dictionary<int, long>? _seen;

    public async Task<StoreSignals> NextAsync(TimeSpan atMost, CancellationToken stop = default)
    {
        var time = dialect.Options.Time;
        var start = time.GetTimestamp();
        while (true)
        {
            var signals = await LookAsync(stop).ConfigureAwait(false);
            var left = atMost - time.GetElapsedTime(start);
            if (signals != StoreSignals.None || left <= TimeSpan.Zero)
            {
                return signals;
            }

            await Task.Delay(left < dialect.Options.PollInterval ? left : dialect.Options.PollInterval, time, stop).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<StoreSignals> LookAsync(CancellationToken stop)
    {
        try
        {
            _connection ??= await dialect.OpenAsync(stop).ConfigureAwait(false);
            var rows = await new StoreSession(_connection, null, stop)
                .ReadAsync("SELECT kind, count FROM signals", row => (Kind: row.GetInt32(0), Count: row.GetInt64(1))).ConfigureAwait(false);
            var signals = StoreSignals.None;
            foreach (var (kind, count) in rows)
            {
                if (_seen is not null && _seen[kind] != count)
                {
                    signals |= (StoreSignals)kind;
                }
            }

            _seen = rows.ToDictionary(row => row.Kind, row => row.Count);
            return signals;
        }
        catch (Exception cause) when (dialect.Translate(cause) is { } translated)
        {
            await DisposeAsync().ConfigureAwait(false);
            throw translated;
        }
    }
}
