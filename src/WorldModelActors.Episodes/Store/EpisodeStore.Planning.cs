using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>Planning, cancelling, retrying.</summary>
internal sealed partial class EpisodeStore
{
    /// <summary>Episodes of one transaction: nodes can begin while the rest is being planned.</summary>
    private const int Batch = 2000;

    private const int AnalyzeFrom = 1000;

    public async Task<PlanResult> PlanAsync(SweepPlan sweep, IReadOnlyList<PlannedEpisode> episodes, CancellationToken stop = default)
    {
        foreach (var episode in episodes)
        {
            if (episode.Iterations < 1 || episode.Bytes < 0)
            {
                throw new StoreException($"episode '{episode.Name}' of sweep '{sweep.Name}': {episode.Iterations} iterations and {episode.Bytes} bytes cannot be planned");
            }
        }

        var sweepNumber = await WriteAsync(session => AddSweepAsync(session, sweep), stop).ConfigureAwait(false);
        var added = 0;
        foreach (var chunk in episodes.Chunk(Batch))
        {
            var rows = StoreSession.Rows(chunk.Select((episode, i) => new JsonObject
            {
                ["i"] = i,
                ["id"] = sweep.IdOf(episode),
                ["name"] = episode.Name,
                ["spec"] = CanonicalJson.Text(episode.Spec),
                ["iterations"] = episode.Iterations,
                ["priority"] = episode.Priority,
                ["bytes"] = episode.Bytes,
            }));
            added += await WriteAsync(session => AddEpisodesAsync(session, sweepNumber, rows), stop).ConfigureAwait(false);
        }

        if (added >= AnalyzeFrom)
        {
            await WriteAsync(
                async session =>
                {
                    await dialect.AnalyzeAsync(session).ConfigureAwait(false);
                    return 0;
                },
                stop).ConfigureAwait(false);
        }

        return new PlanResult(sweep.Id, added, episodes.Count - added);
    }

    public Task<int> CancelAsync(EpisodeSelection selection, CancellationToken stop = default) => ChangeAsync(
        selection,
        $"state IN ({Planned}, {Waiting}, {Running})",
        $"state = {Cancelled}, ended_at = wma_now(), ready_at = NULL",
        EventKind.Cancelled,
        StoreSignals.Progress,
        stop);

    public Task<int> RetryAsync(EpisodeSelection selection, CancellationToken stop = default) => ChangeAsync(
        selection,
        $"state IN ({Waiting}, {Failed}, {Cancelled})",
        $"state = {Planned}, ended_at = NULL, ready_at = NULL, cause = NULL, failures = 0, losses = 0",
        EventKind.Retried,
        StoreSignals.Work | StoreSignals.Progress,
        stop);

    private static async Task<long> AddSweepAsync(StoreSession session, SweepPlan sweep)
    {
        await session.RunAsync(
            "INSERT INTO sweeps (id, name, spec, planned_at) VALUES (@id, @name, @spec, wma_now()) ON CONFLICT (id) DO NOTHING",
            ("id", sweep.Id),
            ("name", sweep.Name),
            ("spec", CanonicalJson.Text(sweep.Spec))).ConfigureAwait(false);
        return await session.NumberAsync("SELECT no FROM sweeps WHERE id = @id", ("id", sweep.Id)).ConfigureAwait(false)
            ?? throw new StoreException($"sweep '{sweep.Name}' vanished while it was planned; plan it again");
    }

    private async Task<int> AddEpisodesAsync(StoreSession session, long sweep, (string Name, object? Value) rows)
    {
        await session.RunAsync(
            $"""
            INSERT INTO queues (sweep, priority, bytes)
            SELECT DISTINCT CAST(@sweep AS BIGINT), CAST(r.value ->> 'priority' AS INTEGER), CAST(r.value ->> 'bytes' AS BIGINT) FROM {dialect.Rows} WHERE true
            ON CONFLICT (sweep, priority, bytes) DO NOTHING
            """,
            ("sweep", sweep),
            rows).ConfigureAwait(false);
        var added = await session.ReadAsync(
            $"""
            INSERT INTO episodes (id, sweep, queue, name, spec, iterations, planned_at)
            SELECT r.value ->> 'id', q.sweep, q.no, r.value ->> 'name', r.value ->> 'spec', CAST(r.value ->> 'iterations' AS INTEGER), wma_now()
            FROM {dialect.Rows}
            JOIN queues q ON q.sweep = CAST(@sweep AS BIGINT) AND q.priority = CAST(r.value ->> 'priority' AS INTEGER) AND q.bytes = CAST(r.value ->> 'bytes' AS BIGINT)
            WHERE true
            ORDER BY CAST(r.value ->> 'i' AS INTEGER)
            ON CONFLICT (id) DO NOTHING
            RETURNING no
            """,
            row => new Entry(row.GetInt64(0), 1, 0, []),
            ("sweep", sweep),
            rows).ConfigureAwait(false);
        await AppendAsync(session, EventKind.Planned, null, added).ConfigureAwait(false);
        if (added.Count > 0)
        {
            await dialect.SignalAsync(session, StoreSignals.Work | StoreSignals.Progress).ConfigureAwait(false);
        }

        return added.Count;
    }

    /// <summary>Changes the state of a selection, chunk by chunk; what was running loses its lease.</summary>
    private async Task<int> ChangeAsync(EpisodeSelection selection, string from, string set, EventKind kind, StoreSignals signals, CancellationToken stop)
    {
        var (where, parameters) = Where(selection);
        var changed = 0;
        while (true)
        {
            var count = await WriteAsync(
                async session =>
                {
                    var entries = await session.ReadAsync(
                        $"""
                        WITH picked AS MATERIALIZED (SELECT e.no FROM episodes e WHERE {where} AND e.{from} ORDER BY e.no LIMIT {Batch} {dialect.ForUpdate})
                        UPDATE episodes SET seq = seq + 1, {set} WHERE no IN (SELECT no FROM picked) RETURNING no, seq, epoch
                        """,
                        row => new Entry(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), []),
                        parameters).ConfigureAwait(false);
                    if (entries.Count > 0)
                    {
                        await DropLeasesAsync(session, entries.Select(entry => entry.Number)).ConfigureAwait(false);
                        await AppendAsync(session, kind, null, entries).ConfigureAwait(false);
                        await dialect.SignalAsync(session, signals).ConfigureAwait(false);
                    }

                    return entries.Count;
                },
                stop).ConfigureAwait(false);
            changed += count;
            if (count < Batch)
            {
                return changed;
            }
        }
    }

    private Task<int> DropLeasesAsync(StoreSession session, IEnumerable<long> episodes) => session.RunAsync(
        $"DELETE FROM leases WHERE episode IN (SELECT CAST(r.value ->> 'no' AS BIGINT) FROM {dialect.Rows})",
        StoreSession.Rows(episodes.Select(number => new JsonObject { ["no"] = number })));

    /// <summary>A selection as a condition on <c>e</c>.</summary>
    private (string Sql, (string Name, object? Value)[] Parameters) Where(EpisodeSelection selection)
    {
        var conditions = new List<string>();
        var parameters = new List<(string, object?)>();
        if (selection.Ids.Count > 0)
        {
            conditions.Add($"e.id IN (SELECT r.value ->> 'id' FROM {dialect.Rows})");
            parameters.Add(StoreSession.Rows(selection.Ids.Select(id => new JsonObject { ["id"] = id })));
        }

        if (selection.SweepId is { } sweep)
        {
            conditions.Add("e.sweep IN (SELECT s.no FROM sweeps s WHERE s.id = @sweep)");
            parameters.Add(("sweep", sweep));
        }

        if (conditions.Count == 0)
        {
            conditions.Add(selection.All ? "true" : "false");
        }

        if (selection.State is { } state)
        {
            conditions.Add("e.state = @state");
            parameters.Add(("state", (int)state));
        }

        return (string.Join(" AND ", conditions), [.. parameters]);
    }
}
