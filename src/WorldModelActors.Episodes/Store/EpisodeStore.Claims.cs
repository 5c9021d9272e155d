using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>Claims and heart-beats.</summary>
internal sealed partial class EpisodeStore
{
    /// <summary>Episodes that leave the waiting room in one claim.</summary>
    private const int WokenAtOnce = 100;

    public Task<IReadOnlyList<Claim>> ClaimAsync(ClaimRequest request, CancellationToken stop = default)
    {
        if (request.Capacity < 1 || request.Only is { Count: 0 })
        {
            return Task.FromResult<IReadOnlyList<Claim>>([]);
        }

        return WriteAsync<IReadOnlyList<Claim>>(
            async session =>
            {
                var standing = await session.ReadAsync(
                    ClaimSql.Standing, row => (Barred: row.GetInt32(0) != 0, Due: row.GetInt32(1) != 0), ("node", request.Node.Number)).ConfigureAwait(false);
                if (standing.Count == 0)
                {
                    throw UnknownNode(request.Node);
                }

                if (standing[0].Barred)
                {
                    return [];
                }

                if (standing[0].Due)
                {
                    await session.RunAsync(ClaimSql.Wake(dialect), ("limit", WokenAtOnce)).ConfigureAwait(false);
                }

                var leases = await session.ReadAsync(
                    ClaimSql.Leases, row => (Sweep: row.GetInt64(0), Held: row.GetInt32(1), RanOut: row.GetInt32(2))).ConfigureAwait(false);
                var anyRanOut = leases.Any(sweep => sweep.RanOut > 0);
                if (anyRanOut)
                {
                    await FailHopelessAsync(session).ConfigureAwait(false);
                }

                var running = leases.ToDictionary(sweep => sweep.Sweep, sweep => sweep.Held);
                var queues = await session.ReadAsync(
                    ClaimSql.LiveQueues,
                    row => new ClaimQueue(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt64(3))).ConfigureAwait(false);
                return await TakeAsync(session, request, queues, running, anyRanOut).ConfigureAwait(false);
            },
            stop);
    }

    public Task<RenewResult> RenewAsync(NodeId node, IReadOnlyList<Claim> held, TimeSpan lease, CancellationToken stop = default) => WriteAsync(
        async session =>
        {
            var draining = await session.NumberAsync(
                "UPDATE nodes SET beat_at = wma_now() WHERE no = @node RETURNING CAST(draining AS BIGINT)", ("node", node.Number)).ConfigureAwait(false)
                ?? throw UnknownNode(node);
            var lost = new List<LostLease>();
            if (held.Count > 0)
            {
                // Only what the node knows that it has: a claim whose answer was lost on the way must run out.
                var renewed = (await session.ReadAsync(
                    $"""
                    UPDATE leases SET expires = wma_now() + @lease
                    WHERE node = @node AND (episode, epoch) IN (SELECT CAST(r.value ->> 'no' AS BIGINT), CAST(r.value ->> 'epoch' AS BIGINT) FROM {dialect.Rows})
                    RETURNING episode
                    """,
                    row => row.GetInt64(0),
                    ("lease", (long)lease.TotalMilliseconds),
                    ("node", node.Number),
                    Keys(held)).ConfigureAwait(false)).ToHashSet();
                var missing = held.Where(claim => !renewed.Contains(claim.Number)).ToDictionary(claim => claim.Number);
                if (missing.Count > 0)
                {
                    lost = await session.ReadAsync(
                        $"SELECT no, state, epoch FROM episodes WHERE no IN (SELECT CAST(r.value ->> 'no' AS BIGINT) FROM {dialect.Rows})",
                        row => new LostLease(missing[row.GetInt64(0)], (JournalState)row.GetInt32(1), row.GetInt64(2)),
                        Keys(missing.Values)).ConfigureAwait(false);
                }
            }

            return new RenewResult(lost, draining != 0);
        },
        stop);

    private static (string Name, object? Value) Keys(IEnumerable<Claim> claims) =>
        StoreSession.Rows(claims.Select(claim => new JsonObject { ["no"] = claim.Number, ["epoch"] = claim.Epoch }));

    private static (string Name, object? Value) Ids(IEnumerable<string> ids) => StoreSession.Rows(ids.Select(id => new JsonObject { ["id"] = id }));

    private StoreException UnknownNode(NodeId node) =>
        new($"node {node.Name} ({node.Number}) is not known to {Location}: it must register first");

    /// <summary>Ends episodes that one owner after the other vanished with.</summary>
    private async Task FailHopelessAsync(StoreSession session)
    {
        var cause = $"{Options.MaxLosses + 1} owners vanished one after the other without committing an iteration; wma retry tries again";
        var entries = await session.ReadAsync(
            ClaimSql.FailHopeless(dialect),
            row => new Entry(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), new JsonObject { ["cause"] = cause, ["retry"] = false }),
            ("losses", Options.MaxLosses),
            ("cause", cause)).ConfigureAwait(false);
        if (entries.Count > 0)
        {
            await DropLeasesAsync(session, entries.Select(entry => entry.Number)).ConfigureAwait(false);
            await AppendAsync(session, EventKind.Failed, null, entries).ConfigureAwait(false);
            await dialect.SignalAsync(session, StoreSignals.Progress).ConfigureAwait(false);
        }
    }

    /// <summary>Takes episodes queue by queue until there is enough or nothing more.</summary>
    private async Task<List<Claim>> TakeAsync(StoreSession session, ClaimRequest request, List<ClaimQueue> queues, Dictionary<long, int> running, bool anyRanOut)
    {
        var claims = new List<Claim>();
        var free = request.FreeBytes;
        while (claims.Count < request.Capacity)
        {
            var shares = ClaimPlanner.Allocate(queues, running, request.Capacity - claims.Count, free);
            if (shares.Count == 0)
            {
                break;
            }

            foreach (var (queue, count) in shares)
            {
                var taken = await TakeAsync(session, request, queue, count, anyRanOut).ConfigureAwait(false);
                if (taken.Count > 0)
                {
                    // At once: the lease that ran out must not be seen again when this queue has another turn.
                    await OwnAsync(session, request, queue, taken).ConfigureAwait(false);
                    claims.AddRange(taken.Select(claim => claim.Claim));
                }

                free -= taken.Count * queue.Bytes;
                running[queue.Sweep] = running.GetValueOrDefault(queue.Sweep) + taken.Count;
                if (taken.Count < count)
                {
                    queues.Remove(queue);
                }
            }
        }

        return claims;
    }

    private async Task<List<(Claim Claim, int Sequence)>> TakeAsync(StoreSession session, ClaimRequest request, ClaimQueue queue, int count, bool anyRanOut)
    {
        var (taken, node, only) = (new List<(Claim, int)>(), request.Node, request.Only is not null);
        foreach (var (sql, takenOver) in new[] { (ClaimSql.TakeOver(dialect, only), true), (ClaimSql.TakePlanned(dialect, only), false) })
        {
            if (taken.Count < count && (anyRanOut || !takenOver))
            {
                taken.AddRange((await session.ReadAsync(
                    sql,
                    row => (new Claim(row.GetString(1), row.GetInt64(0), row.GetInt64(2), node)
                    {
                        SweepId = row.GetString(4),
                        Name = row.GetString(5),
                        Spec = row.Json(6),
                        Iterations = row.GetInt32(7),
                        Committed = row.GetInt32(8),
                        Frames = row.GetInt64(9),
                        Bytes = queue.Bytes,
                        TakenOver = takenOver,
                    }, row.GetInt32(3)),
                    [("queue", queue.Number), ("count", count - taken.Count), ("node", node.Name), .. request.Only is { } ids ? [Ids(ids)] : Array.Empty<(string, object?)>()]).ConfigureAwait(false)).OrderBy(claim => claim.Item1.Number));
            }
        }

        return taken;
    }

    /// <summary>Writes the leases and the journal of what was taken.</summary>
    private async Task OwnAsync(StoreSession session, ClaimRequest request, ClaimQueue queue, List<(Claim Claim, int Sequence)> claims)
    {
        await session.RunAsync(
            $"""
            INSERT INTO leases (episode, queue, sweep, node, epoch, expires)
            SELECT CAST(r.value ->> 'no' AS BIGINT), CAST(@queue AS BIGINT), CAST(@sweep AS BIGINT), CAST(@node AS BIGINT), CAST(r.value ->> 'epoch' AS BIGINT), wma_now() + @lease
            FROM {dialect.Rows} WHERE true
            ON CONFLICT (episode) DO UPDATE SET node = excluded.node, epoch = excluded.epoch, expires = excluded.expires
            """,
            ("queue", queue.Number),
            ("sweep", queue.Sweep),
            ("node", request.Node.Number),
            ("lease", (long)request.Lease.TotalMilliseconds),
            Keys(claims.Select(claim => claim.Claim))).ConfigureAwait(false);
        await AppendAsync(
            session,
            EventKind.Claimed,
            request.Node.Name,
            [.. claims.Select(claim => new Entry(claim.Claim.Number, claim.Sequence, claim.Claim.Epoch, new JsonObject { ["node"] = request.Node.Number, ["taken_over"] = claim.Claim.TakenOver }))]).ConfigureAwait(false);
    }
}
