using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace WorldModelActors.Episodes;

/// <summary>A schema of a PostgreSQL database (version 13 or later).</summary>
internal sealed class PostgresDialect : StoreDialect
{
    private readonly PostgresLocation _location;
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _listeners;

    public PostgresDialect(PostgresLocation location, StoreOptions options)
        : base(location, options)
    {
        _location = location;
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = location.Host,
            Port = location.Port,
            Database = location.Database,
            Username = location.User ?? Environment.GetEnvironmentVariable("PGUSER") ?? Environment.UserName,
            Password = PostgresPassword.Read(location),
            Passfile = location.PassFile,
            SslMode = location.SslMode,
            RootCertificate = location.SslRootCertificate,
            SslCertificate = location.SslCertificate,
            SslKey = location.SslKey,
            GssEncryptionMode = GssEncryptionMode.Disable,
            SearchPath = location.Schema,
            ApplicationName = "wma",
            PersistSecurityInfo = false,
            IncludeErrorDetail = false,
            MaxPoolSize = options.MaxConnections,
            Timeout = 10,
            CommandTimeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds),
            KeepAlive = 15,
        };
        _source = NpgsqlDataSource.Create(connection);
        connection.Pooling = false;
        _listeners = NpgsqlDataSource.Create(connection);
    }

    public override string Serial => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY";

    public override string Blob => "BYTEA";

    public override string ForUpdate => "FOR UPDATE";

    public override string Rows => "jsonb_array_elements(CAST(@rows AS jsonb)) AS r (value)";

    public override bool WritesOneByOne => false;

    /// <summary>The channel of notifications.</summary>
    public string Channel => "wma_" + _location.Schema;

    public override string SkipLocked(string tables) => $"FOR UPDATE OF {tables} SKIP LOCKED";

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken stop) => await _source.OpenConnectionAsync(stop).ConfigureAwait(false);

    /// <summary>A connection that is not shared with statements.</summary>
    public ValueTask<NpgsqlConnection> OpenListenerAsync(CancellationToken stop) => _listeners.OpenConnectionAsync(stop);

    public override ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken stop) =>
        connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, stop);

    public override ValueTask<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken stop) =>
        connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);

    public override async Task PrepareMigrationAsync(StoreSession session)
    {
        await session.ReadAsync("SELECT pg_advisory_xact_lock(hashtext('wma'), hashtext(@schema))", _ => 0, ("schema", _location.Schema)).ConfigureAwait(false);
        if (await session.NumberAsync("SELECT CAST(1 AS BIGINT) FROM pg_namespace WHERE nspname = @schema", ("schema", _location.Schema)).ConfigureAwait(false) is null)
        {
            // An identifier cannot be a parameter; the location has checked it.
            await session.RunAsync($"CREATE SCHEMA {_location.Schema}").ConfigureAwait(false);
        }

        // now() is the beginning of the transaction: a lease begins no later than its owner is told, and whoever judges it waits
        // rather too long than too short.
        if (!await HasSchemaAsync(session).ConfigureAwait(false))
        {
            await session.RunAsync(
                "CREATE FUNCTION wma_now() RETURNS BIGINT LANGUAGE sql STABLE AS 'SELECT CAST(floor(extract(epoch FROM now()) * 1000) AS BIGINT)'").ConfigureAwait(false);
        }
    }

    public override async Task<bool> HasSchemaAsync(StoreSession session) => await session.NumberAsync(
        "SELECT CAST(1 AS BIGINT) FROM pg_tables WHERE schemaname = @schema AND tablename = 'schema_version'", ("schema", _location.Schema)).ConfigureAwait(false) is not null;

    public override async Task SignalAsync(StoreSession session, StoreSignals signals)
    {
        foreach (var signal in new[] { StoreSignals.Work, StoreSignals.Progress })
        {
            if (signals.HasFlag(signal))
            {
                await session.ReadAsync("SELECT pg_notify(@channel, @signal)", _ => 0, ("channel", Channel), ("signal", signal.ToString())).ConfigureAwait(false);
            }
        }
    }

    public override async Task<IStoreSubscription> SubscribeAsync(CancellationToken stop)
    {
        var subscription = new PostgresSubscription(this);
        await subscription.ListenAsync(stop).ConfigureAwait(false);
        return subscription;
    }

    public override Task AnalyzeAsync(StoreSession session) => session.RunAsync("ANALYZE episodes; ANALYZE queues");

    public override bool IsConflict(Exception cause) => cause is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
    };

    public override StoreException? Translate(Exception cause) => cause switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new DiskFullException($"{Location}: the database's disk is full ({Of(cause)})", cause),
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => new StoreException(
            $"{Location}: the database refused the user ({Of(cause)}): check the user, and the password in PGPASSWORD or the password file", cause),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => new StoreException($"{Location}: there is no such database: createdb it first", cause),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => new StoreException(
            $"{Location}: the user lacks a right ({Of(cause)}): see deploy/postgres/setup.sql", cause),
        PostgresException { IsTransient: true } or PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "57014" or "25P03" } =>
            new StoreUnavailableException($"{Location}: the database does not serve at present ({Of(cause)})", cause),
        PostgresException => new StoreException($"{Location}: {Of(cause)}", cause),
        NpgsqlException when cause.InnerException is System.Security.Authentication.AuthenticationException => new StoreException(
            $"{Location}: the server's certificate is not accepted ({cause.InnerException.Message}): check sslmode and sslrootcert", cause),
        // A connection that is found broken between two calls (by its keep-alive) is told from misuse by this text only.
        NpgsqlException or SocketException or TimeoutException or EndOfStreamException or InvalidOperationException { Source: "Npgsql", Message: "Connection is not open" } =>
            new StoreUnavailableException($"{Location}: the database cannot be reached ({cause.Message})", cause),
        _ => null,
    };

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync().ConfigureAwait(false);
        await _listeners.DisposeAsync().ConfigureAwait(false);
    }

    private static string Of(Exception cause) => ((PostgresException)cause).MessageText;
}
