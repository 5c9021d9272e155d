namespace WorldModelActors.Episodes;

/// <summary>What is left to do.</summary>
internal sealed partial class EpisodeStore
{
    public Task<IReadOnlyList<string>> UnendedAsync(int limit, CancellationToken stop = default) => ReadAsync<IReadOnlyList<string>>(
        async session =>
        {
            var ids = await session.ReadAsync(
                "SELECT e.id FROM leases l CROSS JOIN episodes e WHERE e.no = l.episode ORDER BY e.no LIMIT @limit", row => row.GetString(0), ("limit", limit)).ConfigureAwait(false);
            var running = (await session.ReadAsync(ClaimSql.Leases, row => (Sweep: row.GetInt64(0), Held: row.GetInt32(1))).ConfigureAwait(false))
                .ToDictionary(sweep => sweep.Sweep, sweep => sweep.Held);
            var queues = await session.ReadAsync(
                ClaimSql.LiveQueues, row => new ClaimQueue(row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt64(3))).ConfigureAwait(false);
            var seen = new Dictionary<long, int>();
            while (ids.Count < limit && ClaimPlanner.Allocate(queues, running, limit - ids.Count, long.MaxValue) is { Count: > 0 } shares)
            {
                foreach (var (queue, count) in shares)
                {
                    var next = await session.ReadAsync(
                        $"SELECT e.id FROM episodes e WHERE e.queue = @queue AND e.state = {Planned} ORDER BY e.no LIMIT @count OFFSET @seen",
                        row => row.GetString(0),
                        ("queue", queue.Number),
                        ("count", count),
                        ("seen", seen.GetValueOrDefault(queue.Number))).ConfigureAwait(false);
                    ids.AddRange(next);
                    seen[queue.Number] = seen.GetValueOrDefault(queue.Number) + next.Count;
                    running[queue.Sweep] = running.GetValueOrDefault(queue.Sweep) + next.Count;
                    if (next.Count < count)
                    {
                        queues.Remove(queue);
                    }
                }
            }

            ids.AddRange(await session.ReadAsync(
                $"SELECT e.id FROM episodes e WHERE e.state = {Waiting} ORDER BY e.ready_at, e.no LIMIT @limit", row => row.GetString(0), ("limit", limit - ids.Count)).ConfigureAwait(false));
            return ids;
        },
        stop);
}
