using Npgsql;

namespace WorldModelActors.Episodes;

/// <summary>Listens on a PostgreSQL channel. A connection that breaks is made anew at the next call.</summary>
internal sealed class PostgresSubscription(PostgresDialect dialect) : IStoreSubscription
{
    private NpgsqlConnection? _connection;
    private StoreSignals _pending;

    /// <summary>Connects and listens.</summary>
    public async Task ListenAsync(CancellationToken stop)
    {
        try
        {
            _connection = await dialect.OpenListenerAsync(stop).ConfigureAwait(false);
            _connection.Notification += (_, notification) => _pending |= Enum.TryParse<StoreSignals>(notification.Payload, out var signal) ? signal : StoreSignals.None;
            // An identifier cannot be a parameter; it is made of the schema's checked name.
            await new StoreSession(_connection, null, stop).RunAsync($"LISTEN {dialect.Channel}").ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            await CloseAsync().ConfigureAwait(false);
            if (dialect.Translate(cause) is { } translated)
            {
                throw translated;
            }

            throw;
        }
    }

    public async Task<StoreSignals> NextAsync(TimeSpan atMost, CancellationToken stop = default)
    {
        if (_connection is null)
        {
            // What happened meanwhile is unknown.
            await ListenAsync(stop).ConfigureAwait(false);
            return StoreSignals.Work | StoreSignals.Progress;
        }

        try
        {
            if (_pending == StoreSignals.None && atMost > TimeSpan.Zero)
            {
                await _connection.WaitAsync(atMost, stop).ConfigureAwait(false);
            }
        }
        catch (Exception cause) when (dialect.Translate(cause) is not null)
        {
            await CloseAsync().ConfigureAwait(false);
            return StoreSignals.Work | StoreSignals.Progress;
        }

        var signals = _pending;
        _pending = StoreSignals.None;
        return signals;
    }

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    /// <summary>Closes the connection behind the subscription's back, for tests.</summary>
    internal Task BreakAsync() => _connection!.CloseAsync();

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
