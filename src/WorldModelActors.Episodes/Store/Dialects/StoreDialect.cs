using System.Data.Common;

namespace WorldModelActors.Episodes;

/// <summary>What differs between databases. The SQL of the store is otherwise the same.</summary>
internal abstract class StoreDialect(StoreLocation location, StoreOptions options) : IAsyncDisposable
{
    public StoreLocation Location { get; } = location;

    public StoreOptions Options { get; } = options;

    /// <summary>Definition of a key that the database counts up.</summary>
    public abstract string Serial { get; }

    /// <summary>Type of bytes.</summary>
    public abstract string Blob { get; }

    /// <summary>Locks the rows of a query for this transaction and leaves out those that another one has locked.</summary>
    /// <param name="tables">Aliases of the tables whose rows are locked.</param>
    public abstract string SkipLocked(string tables);

    /// <summary>Locks the rows of a query for this transaction, waiting for others.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>The elements of the JSON array in parameter <c>@rows</c>, as a table <c>r</c> with the column <c>value</c>.</summary>
    public abstract string Rows { get; }

    /// <summary>An open connection.</summary>
    public abstract ValueTask<DbConnection> OpenAsync(CancellationToken stop);

    /// <summary>A transaction that writes.</summary>
    public abstract ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken stop);

    /// <summary>A transaction that reads and sees one moment.</summary>
    public abstract ValueTask<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken stop);

    /// <summary>Keeps other processes from changing the schema until the transaction ends, and makes what every step needs.</summary>
    public abstract Task PrepareMigrationAsync(StoreSession session);

    /// <summary>Whether the table of versions is there.</summary>
    public abstract Task<bool> HasSchemaAsync(StoreSession session);

    /// <summary>Tells subscribers, when the transaction is committed.</summary>
    public abstract Task SignalAsync(StoreSession session, StoreSignals signals);

    /// <summary>Begins to listen.</summary>
    public abstract Task<IStoreSubscription> SubscribeAsync(CancellationToken stop);

    /// <summary>Tells the planner of queries that much has changed.</summary>
    public abstract Task AnalyzeAsync(StoreSession session);

    /// <summary>Whether the transaction fell victim to another one and can be repeated at once.</summary>
    public abstract bool IsConflict(Exception cause);

    /// <summary>The exception for callers; null where <paramref name="cause"/> does not come from the database.</summary>
    public abstract StoreException? Translate(Exception cause);

    /// <summary>Whether only one transaction of this process may write at a time.</summary>
    public abstract bool WritesOneByOne { get; }

    public abstract ValueTask DisposeAsync();
}
