namespace WorldModelActors.Episodes;

/// <summary>
/// The statements of a claim. Rows that another claim has locked are left out, so claims never wait for each other. Each picks
/// first and changes then: a picked set is materialised, or a planner might pick more than the limit. CROSS JOIN makes SQLite
/// begin with the leases, of which there are few; for PostgreSQL it is an ordinary join.
/// </summary>
internal static class ClaimSql
{
    private const int Planned = (int)JournalState.Planned;
    private const int Waiting = (int)JournalState.Waiting;
    private const int Running = (int)JournalState.Running;
    private const int Failed = (int)JournalState.Failed;

    /// <summary>Whether the node may claim: 1 if it may not; and whether a waiting episode is due.</summary>
    public const string Standing = """
        SELECT CAST(CASE WHEN n.draining <> 0 OR n.left_at IS NOT NULL THEN 1 ELSE 0 END AS INTEGER),
          CAST(CASE WHEN EXISTS (SELECT 1 FROM episodes e WHERE e.state = 1 AND e.ready_at <= wma_now()) THEN 1 ELSE 0 END AS INTEGER)
        FROM nodes n WHERE n.no = @node
        """;

    /// <summary>Leases of each sweep: those that hold, and those that have run out.</summary>
    public const string Leases = """
        SELECT l.sweep, CAST(SUM(CASE WHEN l.expires > wma_now() THEN 1 ELSE 0 END) AS INTEGER), CAST(SUM(CASE WHEN l.expires > wma_now() THEN 0 ELSE 1 END) AS INTEGER)
        FROM leases l GROUP BY l.sweep
        """;

    private const string Returning = """
        RETURNING no, id, epoch, seq, (SELECT s.id FROM sweeps s WHERE s.no = episodes.sweep), name, spec, iterations, committed, frames
        """;

    /// <summary>
    /// Queues with planned episodes or expired leases. It jumps from queue to queue in the index of planned episodes, so it
    /// costs as much as there are such queues, however many episodes they hold.
    /// </summary>
    public const string LiveQueues = """
        WITH RECURSIVE live (queue) AS (
          SELECT MIN(e.queue) FROM episodes e WHERE e.state = 0
          UNION ALL
          SELECT (SELECT MIN(e.queue) FROM episodes e WHERE e.state = 0 AND e.queue > live.queue) FROM live WHERE live.queue IS NOT NULL
        )
        SELECT q.no, q.sweep, q.priority, q.bytes FROM queues q
        WHERE q.no IN (SELECT live.queue FROM live WHERE live.queue IS NOT NULL UNION SELECT l.queue FROM leases l WHERE l.expires <= wma_now())
        """;

    /// <summary>Takes up to @count episodes of @queue whose lease has run out.</summary>
    /// <param name="dialect">The database's.</param>
    /// <param name="only">Whether only those that @rows names.</param>
    public static string TakeOver(StoreDialect dialect, bool only = false) => $"""
        WITH picked AS MATERIALIZED (
          SELECT e.no FROM leases l CROSS JOIN episodes e
          WHERE e.no = l.episode AND l.queue = @queue AND l.expires <= wma_now() AND e.state = {Running} {Only(dialect, only)}
          ORDER BY l.expires, e.no LIMIT @count {dialect.SkipLocked("l, e")}
        )
        UPDATE episodes SET epoch = epoch + 1, seq = seq + 1, losses = losses + 1, node = @node
        WHERE no IN (SELECT no FROM picked)
        {Returning}
        """;

    /// <summary>Takes up to @count planned episodes of @queue in the order of planning.</summary>
    /// <param name="dialect">The database's.</param>
    /// <param name="only">Whether only those that @rows names.</param>
    public static string TakePlanned(StoreDialect dialect, bool only = false) => $"""
        WITH picked AS MATERIALIZED (
          SELECT e.no FROM episodes e
          WHERE e.queue = @queue AND e.state = {Planned} {Only(dialect, only)}
          ORDER BY e.no LIMIT @count {dialect.SkipLocked("e")}
        )
        UPDATE episodes SET epoch = epoch + 1, seq = seq + 1, state = {Running}, node = @node, started_at = COALESCE(started_at, wma_now())
        WHERE no IN (SELECT no FROM picked)
        {Returning}
        """;

    /// <summary>Makes waiting episodes claimable whose pause is over.</summary>
    public static string Wake(StoreDialect dialect) => $"""
        WITH picked AS MATERIALIZED (
          SELECT e.no FROM episodes e WHERE e.state = {Waiting} AND e.ready_at <= wma_now()
          ORDER BY e.ready_at LIMIT @limit {dialect.SkipLocked("e")}
        )
        UPDATE episodes SET state = {Planned}, ready_at = NULL WHERE no IN (SELECT no FROM picked)
        """;

    /// <summary>Ends episodes whose lease has run out once too often.</summary>
    public static string FailHopeless(StoreDialect dialect) => $"""
        WITH picked AS MATERIALIZED (
          SELECT e.no FROM leases l CROSS JOIN episodes e
          WHERE e.no = l.episode AND l.expires <= wma_now() AND e.state = {Running} AND e.losses >= @losses {dialect.SkipLocked("l, e")}
        )
        UPDATE episodes SET state = {Failed}, seq = seq + 1, cause = @cause, ended_at = wma_now() WHERE no IN (SELECT no FROM picked)
        RETURNING no, seq, epoch
        """;

    private static string Only(StoreDialect dialect, bool only) => only ? $"AND e.id IN (SELECT r.value ->> 'id' FROM {dialect.Rows})" : "";
}
