using System.Data.Common;

namespace WorldModelActors.Episodes;

/// <summary>Reading.</summary>
internal sealed partial class EpisodeStore
{
    private const string EpisodeColumns = """
        e.id, e.no, s.id, e.name, e.spec, e.state, q.priority, q.bytes, e.iterations, e.committed, e.frames, e.epoch, e.seq, e.node, e.cause,
        e.failures, e.losses, e.planned_at, e.started_at, e.ended_at, e.results, e.summary
        """;

    private const string EpisodeTables = "episodes e JOIN sweeps s ON s.no = e.sweep JOIN queues q ON q.no = e.queue";

    private const string IterationColumns = "i.iteration, i.epoch, i.first_frame, i.frames, i.committed_at, i.files, i.counters, i.digest, i.trajectory, i.episode";

    private const string EventColumns = "v.seq, v.kind, v.epoch, v.node, v.at, v.data, v.episode";

    public async Task<EpisodeView?> FindAsync(string idOrPrefix, CancellationToken stop = default)
    {
        if (idOrPrefix.Length == 0 || !idOrPrefix.All(char.IsAsciiHexDigitLower))
        {
            throw new StoreException($"'{idOrPrefix}' is no episode id: use the hexadecimal digits that wma status shows, or the first of them");
        }

        var found = await ReadAsync(
            session => session.ReadAsync(
                $"SELECT {EpisodeColumns} FROM {EpisodeTables} WHERE e.id >= @low AND e.id < @high ORDER BY e.id LIMIT 2",
                ReadEpisode,
                ("low", idOrPrefix),
                ("high", idOrPrefix + "g")),
            stop).ConfigureAwait(false);
        return found.Count switch
        {
            0 => null,
            1 => found[0],
            _ => throw new StoreException($"several episodes' ids begin with '{idOrPrefix}': give more digits"),
        };
    }

    public async Task<IReadOnlyList<EpisodeView>> ListAsync(EpisodeSelection selection, long afterNumber = 0, int limit = 1000, CancellationToken stop = default)
    {
        var (where, parameters) = Where(selection);
        return await ReadAsync(
            session => session.ReadAsync(
                $"SELECT {EpisodeColumns} FROM {EpisodeTables} WHERE {where} AND e.no > @after ORDER BY e.no LIMIT @limit",
                ReadEpisode,
                [("after", afterNumber), ("limit", limit), .. parameters]),
            stop).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<JournalEvent>> EventsAsync(string episodeId, CancellationToken stop = default) => await ReadAsync(
        session => session.ReadAsync(
            $"SELECT {EventColumns} FROM events v JOIN episodes e ON e.no = v.episode WHERE e.id = @id ORDER BY v.seq", ReadEvent, ("id", episodeId)),
        stop).ConfigureAwait(false);

    public async Task<IReadOnlyList<CommittedIteration>> IterationsAsync(string episodeId, CancellationToken stop = default) => await ReadAsync(
        session => session.ReadAsync(
            $"SELECT {IterationColumns} FROM iterations i JOIN episodes e ON e.no = i.episode WHERE e.id = @id ORDER BY i.iteration", ReadIteration, ("id", episodeId)),
        stop).ConfigureAwait(false);

    public Task<IReadOnlyList<EpisodeDossier>> DossiersAsync(long afterNumber, int limit, CancellationToken stop = default) => ReadAsync<IReadOnlyList<EpisodeDossier>>(
        async session =>
        {
            var episodes = await session.ReadAsync(
                $"SELECT {EpisodeColumns} FROM {EpisodeTables} WHERE e.no > @after ORDER BY e.no LIMIT @limit", ReadEpisode, ("after", afterNumber), ("limit", limit)).ConfigureAwait(false);
            if (episodes.Count == 0)
            {
                return [];
            }

            (string, object?)[] range = [("low", episodes[0].Number), ("high", episodes[^1].Number)];
            var events = (await session.ReadAsync(
                $"SELECT {EventColumns} FROM events v WHERE v.episode BETWEEN @low AND @high ORDER BY v.episode, v.seq",
                row => (Episode: row.GetInt64(6), Value: ReadEvent(row)),
                range).ConfigureAwait(false)).ToLookup(item => item.Episode, item => item.Value);
            var iterations = (await session.ReadAsync(
                $"SELECT {IterationColumns} FROM iterations i WHERE i.episode BETWEEN @low AND @high ORDER BY i.episode, i.iteration",
                row => (Episode: row.GetInt64(9), Value: ReadIteration(row)),
                range).ConfigureAwait(false)).ToLookup(item => item.Episode, item => item.Value);
            var leases = (await session.ReadAsync(
                """
                SELECT l.episode, l.node, n.name, l.epoch, l.expires - wma_now(), CAST(CASE WHEN n.left_at IS NULL THEN 0 ELSE 1 END AS INTEGER)
                FROM leases l JOIN nodes n ON n.no = l.node WHERE l.episode BETWEEN @low AND @high
                """,
                row => (Episode: row.GetInt64(0), Value: new LeaseView(row.GetInt64(1), row.GetString(2), row.GetInt64(3), TimeSpan.FromMilliseconds(row.GetInt64(4)), row.GetInt32(5) != 0)),
                range).ConfigureAwait(false)).ToDictionary(item => item.Episode, item => item.Value);
            return
            [
                .. episodes.Select(episode => new EpisodeDossier(
                    episode, [.. events[episode.Number]], [.. iterations[episode.Number]], leases.GetValueOrDefault(episode.Number))),
            ];
        },
        stop);

    private static EpisodeView ReadEpisode(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Number = row.GetInt64(1),
        SweepId = row.GetString(2),
        Name = row.GetString(3),
        Spec = row.Json(4),
        State = (JournalState)row.GetInt32(5),
        Priority = row.GetInt32(6),
        Bytes = row.GetInt64(7),
        Iterations = row.GetInt32(8),
        Committed = row.GetInt32(9),
        Frames = row.GetInt64(10),
        Epoch = row.GetInt64(11),
        Sequence = row.GetInt32(12),
        Node = row.Text(13),
        Cause = row.Text(14),
        Failures = row.GetInt32(15),
        Losses = row.GetInt32(16),
        PlannedAt = row.Time(17),
        StartedAt = row.TimeOrNull(18),
        EndedAt = row.TimeOrNull(19),
        Results = row.Text(20) is { } results ? StoredFile.FromJson(results) : [],
        Summary = row.Json(21),
    };

    private static JournalEvent ReadEvent(DbDataReader row) =>
        new(row.GetInt32(0), (EventKind)row.GetInt32(1), row.GetInt64(2), row.Text(3), row.Time(4), row.Json(5));

    private static CommittedIteration ReadIteration(DbDataReader row) => new(
        row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt32(3), row.Time(4), StoredFile.FromJson(row.GetString(5)), row.Json(6), row.GetString(7))
    {
        Rows = TrajectoryRows.FromBytes(row.GetFieldValue<byte[]>(8)),
    };
}
