using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>Counts and throughput.</summary>
internal sealed partial class EpisodeStore
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    public Task<StoreSummary> SummaryAsync(string? sweepId = null, TimeSpan? window = null, CancellationToken stop = default) => ReadAsync(
        async session =>
        {
            (string, object?)[] which = [("sweep", sweepId)];
            var now = await session.NumberAsync("SELECT wma_now()").ConfigureAwait(false) ?? 0;
            var span = window ?? s_window;
            var sweeps = await session.ReadAsync(
                "SELECT s.no, s.id, s.name, s.spec, s.planned_at FROM sweeps s WHERE CAST(@sweep AS TEXT) IS NULL OR s.id = @sweep ORDER BY s.no",
                row => (Number: row.GetInt64(0), Id: row.GetString(1), Name: row.GetString(2), Spec: row.Json(3), PlannedAt: row.Time(4)),
                which).ConfigureAwait(false);
            var states = (await session.ReadAsync(
                """
                SELECT e.sweep, e.state, CAST(COUNT(*) AS INTEGER), CAST(SUM(e.iterations) AS BIGINT), CAST(SUM(e.committed) AS BIGINT), CAST(SUM(e.frames) AS BIGINT)
                FROM episodes e JOIN sweeps s ON s.no = e.sweep WHERE CAST(@sweep AS TEXT) IS NULL OR s.id = @sweep GROUP BY e.sweep, e.state
                """,
                row => new Tally(row.GetInt64(0), (JournalState)row.GetInt32(1), row.GetInt32(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
                which).ConfigureAwait(false)).ToLookup(tally => tally.Sweep);
            var recent = await session.ReadAsync(
                """
                SELECT e.sweep, CAST(COUNT(*) AS BIGINT), CAST(SUM(i.frames) AS BIGINT), MIN(i.committed_at)
                FROM iterations i JOIN episodes e ON e.no = i.episode WHERE i.committed_at > @since GROUP BY e.sweep
                """,
                row => (Sweep: row.GetInt64(0), Iterations: row.GetInt64(1), Frames: row.GetInt64(2), First: row.GetInt64(3)),
                ("since", now - (long)span.TotalMilliseconds)).ConfigureAwait(false);
            recent.RemoveAll(row => sweeps.All(sweep => sweep.Number != row.Sweep));
            // Since the first commit where that is shorter: a run of a minute is not averaged over ten.
            var seen = recent.Count > 0 ? TimeSpan.FromMilliseconds(Math.Max(1, now - recent.Min(row => row.First))) : span;
            return new StoreSummary(
                DateTimeOffset.FromUnixTimeMilliseconds(now),
                seen < span ? seen : span,
                [
                    .. sweeps.Select(sweep =>
                    {
                        var (_, iterations, frames, _) = recent.FirstOrDefault(row => row.Sweep == sweep.Number);
                        return Summarise(sweep.Id, sweep.Name, sweep.Spec, sweep.PlannedAt, states[sweep.Number], iterations, frames);
                    }),
                ],
                await NodesAsync(session).ConfigureAwait(false));
        },
        stop);

    private static SweepSummary Summarise(string id, string name, JsonObject spec, DateTimeOffset planned, IEnumerable<Tally> tallies, long iterations, long frames)
    {
        var counts = tallies.ToList();
        // What failed or was cancelled will not be done; what it has done still counts.
        var wanted = counts.Sum(tally => tally.State is JournalState.Failed or JournalState.Cancelled ? tally.Committed : tally.Iterations);
        return new SweepSummary
        {
            Id = id,
            Name = name,
            Spec = spec,
            PlannedAt = planned,
            Episodes = counts.ToDictionary(tally => tally.State, tally => tally.Count),
            Iterations = wanted,
            Committed = counts.Sum(tally => tally.Committed),
            Frames = counts.Sum(tally => tally.Frames),
            RecentIterations = iterations,
            RecentFrames = frames,
        };
    }

    private sealed record Tally(long Sweep, JournalState State, int Count, long Iterations, long Committed, long Frames);
}
