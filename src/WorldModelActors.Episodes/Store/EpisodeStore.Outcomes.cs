using System.Globalization;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>What owners write. Every write is conditional on the epoch.</summary>
internal sealed partial class EpisodeStore
{
    /// <summary>An owner's row, if it is still the owner.</summary>
    private const string Owned = "no = @no AND epoch = @epoch AND state = 2";

    public Task CommitIterationAsync(Claim claim, IterationCommit commit, CancellationToken stop = default)
    {
        commit.Validate(claim);
        var digest = commit.Digest();
        return WriteAsync(
            async session =>
            {
                var written = await session.ReadAsync(
                    $"""
                    UPDATE episodes SET committed = committed + 1, frames = frames + @frames, seq = seq + 1, losses = 0
                    WHERE {Owned} AND committed = @iteration AND iterations > @iteration
                    RETURNING seq, frames
                    """,
                    row => (Sequence: row.GetInt32(0), Frames: row.GetInt64(1)),
                    ("no", claim.Number),
                    ("epoch", claim.Epoch),
                    ("iteration", commit.Iteration),
                    ("frames", (long)commit.Frames)).ConfigureAwait(false);
                if (written.Count == 0)
                {
                    await RequireRepetitionAsync(session, claim, commit, digest).ConfigureAwait(false);
                    return 0;
                }

                await session.RunAsync(
                    """
                    INSERT INTO iterations (episode, iteration, epoch, first_frame, frames, committed_at, files, counters, digest, trajectory)
                    VALUES (@no, @iteration, @epoch, @first, @frames, wma_now(), @files, @counters, @digest, @trajectory)
                    """,
                    ("no", claim.Number),
                    ("iteration", commit.Iteration),
                    ("epoch", claim.Epoch),
                    ("first", written[0].Frames - commit.Frames),
                    ("frames", commit.Frames),
                    ("files", StoredFile.ToJson(commit.Files).ToJsonString()),
                    ("counters", CanonicalJson.Text(commit.Counters)),
                    ("digest", digest),
                    ("trajectory", commit.Rows.ToBytes())).ConfigureAwait(false);
                var data = new JsonObject { ["iteration"] = commit.Iteration, ["frames"] = commit.Frames, ["digest"] = digest };
                await AppendAsync(session, EventKind.IterationCommitted, claim.Node.Name, [new Entry(claim.Number, written[0].Sequence, claim.Epoch, data)]).ConfigureAwait(false);
                await dialect.SignalAsync(session, StoreSignals.Progress).ConfigureAwait(false);
                return 0;
            },
            stop);
    }

    public Task RewindAsync(Claim claim, int committed, string cause, CancellationToken stop = default) => WriteAsync(
        async session =>
        {
            var written = await session.ReadAsync(
                $"""
                UPDATE episodes SET committed = @committed, seq = seq + 1,
                  frames = (SELECT COALESCE(SUM(i.frames), 0) FROM iterations i WHERE i.episode = @no AND i.iteration < @committed)
                WHERE {Owned} AND committed > @committed
                RETURNING seq
                """,
                row => row.GetInt32(0),
                ("no", claim.Number),
                ("epoch", claim.Epoch),
                ("committed", committed)).ConfigureAwait(false);
            if (written.Count == 0)
            {
                var now = await StandingAsync(session, claim).ConfigureAwait(false);
                RequireOwned(claim, now);
                return now.Committed == committed
                    ? 0
                    : throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"episode {claim.EpisodeId}: has {now.Committed} committed iterations and cannot go back to {committed}"));
            }

            await session.RunAsync("DELETE FROM iterations WHERE episode = @no AND iteration >= @committed", ("no", claim.Number), ("committed", committed)).ConfigureAwait(false);
            var data = new JsonObject { ["committed"] = committed, ["cause"] = cause };
            await AppendAsync(session, EventKind.Rewound, claim.Node.Name, [new Entry(claim.Number, written[0], claim.Epoch, data)]).ConfigureAwait(false);
            return 0;
        },
        stop);

    public async Task CompleteAsync(Claim claim, EpisodeResultFiles result, CancellationToken stop = default)
    {
        var files = StoredFile.ToJson(result.Files).ToJsonString();
        await EndAsync(
            claim,
            EventKind.Completed,
            "state = 3, ended_at = wma_now(), cause = NULL, results = @results, summary = @summary",
            "AND committed = iterations",
            new JsonObject { ["files"] = StoredFile.ToJson(result.Files) },
            StoreSignals.Progress,
            stop,
            ("results", files),
            ("summary", CanonicalJson.Text(result.Summary))).ConfigureAwait(false);
    }

    public async Task<JournalState> FailAsync(Claim claim, string cause, bool retryable, CancellationToken stop = default)
    {
        // How often it failed decides what becomes of it. Only its owner changes that number, so it may be read before.
        var failures = 1 + await ReadAsync(
            session => session.NumberAsync("SELECT CAST(failures AS BIGINT) FROM episodes WHERE no = @no AND epoch = @epoch AND state = 2", ("no", claim.Number), ("epoch", claim.Epoch)),
            stop).ConfigureAwait(false) ?? 0;
        var again = retryable && failures < Options.MaxFailures;
        var standing = await EndAsync(
            claim,
            EventKind.Failed,
            again
                ? "state = 1, failures = failures + 1, cause = @cause, ready_at = wma_now() + @pause"
                : "state = 4, failures = failures + 1, cause = @cause, ended_at = wma_now()",
            "",
            new JsonObject { ["cause"] = cause, ["retry"] = again },
            StoreSignals.Work | StoreSignals.Progress,
            stop,
            ("cause", cause),
            ("pause", (long)Options.RetryPause((int)failures).TotalMilliseconds)).ConfigureAwait(false);
        return standing;
    }

    public Task ReleaseAsync(Claim claim, CancellationToken stop = default) => EndAsync(
        claim, EventKind.Released, "state = 0", "", [], StoreSignals.Work | StoreSignals.Progress, stop);

    /// <summary>Ends an ownership: state, lease and journal. A repetition by the same owner changes nothing.</summary>
    /// <returns>Where the episode stands then.</returns>
    private Task<JournalState> EndAsync(
        Claim claim, EventKind kind, string set, string condition, JsonObject data, StoreSignals signals, CancellationToken stop, params (string Name, object? Value)[] parameters) => WriteAsync(
        async session =>
        {
            var written = await session.ReadAsync(
                $"UPDATE episodes SET seq = seq + 1, {set} WHERE {Owned} {condition} RETURNING seq, state",
                row => (Sequence: row.GetInt32(0), State: (JournalState)row.GetInt32(1)),
                [("no", claim.Number), ("epoch", claim.Epoch), .. parameters]).ConfigureAwait(false);
            if (written.Count == 0)
            {
                var now = await StandingAsync(session, claim).ConfigureAwait(false);
                var last = await session.NumberAsync(
                    "SELECT CAST(kind AS BIGINT) FROM events WHERE episode = @no AND epoch = @epoch ORDER BY seq DESC LIMIT 1",
                    ("no", claim.Number),
                    ("epoch", claim.Epoch)).ConfigureAwait(false);
                if (now.Epoch == claim.Epoch && last == (long)kind)
                {
                    return now.State;
                }

                RequireOwned(claim, now);
                throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"episode {claim.EpisodeId}: cannot be completed with {now.Committed} of {claim.Iterations} iterations committed"));
            }

            await session.RunAsync("DELETE FROM leases WHERE episode = @no", ("no", claim.Number)).ConfigureAwait(false);
            await AppendAsync(session, kind, claim.Node.Name, [new Entry(claim.Number, written[0].Sequence, claim.Epoch, data)]).ConfigureAwait(false);
            await dialect.SignalAsync(session, signals).ConfigureAwait(false);
            return written[0].State;
        },
        stop);

    private async Task RequireRepetitionAsync(StoreSession session, Claim claim, IterationCommit commit, string digest)
    {
        var now = await StandingAsync(session, claim).ConfigureAwait(false);
        RequireOwned(claim, now);
        if (commit.Iteration >= now.Committed)
        {
            throw new StoreException(string.Create(
                CultureInfo.InvariantCulture,
                $"episode {claim.EpisodeId}: iteration {commit.Iteration} cannot be committed: {now.Committed} of {claim.Iterations} are, and they come in order"));
        }

        var known = await session.ReadAsync(
            "SELECT digest FROM iterations WHERE episode = @no AND iteration = @iteration",
            row => row.GetString(0),
            ("no", claim.Number),
            ("iteration", commit.Iteration)).ConfigureAwait(false);
        if (known.Count != 1 || known[0] != digest)
        {
            throw new StoreException(string.Create(
                CultureInfo.InvariantCulture, $"episode {claim.EpisodeId}: iteration {commit.Iteration} was committed already, with other content"));
        }
    }

    private static async Task<Standing> StandingAsync(StoreSession session, Claim claim)
    {
        var rows = await session.ReadAsync(
            "SELECT state, epoch, committed, node FROM episodes WHERE no = @no",
            row => new Standing((JournalState)row.GetInt32(0), row.GetInt64(1), row.GetInt32(2), row.Text(3)),
            ("no", claim.Number)).ConfigureAwait(false);
        return rows.Count == 1 ? rows[0] : throw new StoreException($"episode {claim.EpisodeId} is not in this store");
    }

    private static void RequireOwned(Claim claim, Standing now)
    {
        if (now.Epoch != claim.Epoch)
        {
            throw new LeaseLostException(claim.EpisodeId, claim.Epoch, string.Create(CultureInfo.InvariantCulture, $"node {now.Node} has it at epoch {now.Epoch}"));
        }

        if (now.State != JournalState.Running)
        {
            throw new LeaseLostException(claim.EpisodeId, claim.Epoch, $"it is {now.State.ToString().ToLowerInvariant()}");
        }
    }

    private sealed record Standing(JournalState State, long Epoch, int Committed, string? Node);
}
