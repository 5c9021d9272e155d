using System.Globalization;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>What one iteration brings.</summary>
/// <param name="Iteration">Its index, from 0.</param>
/// <param name="Queue">The observation queues after it.</param>
/// <param name="SegmentExtension">Kind of the video of its frames, e.g. <c>.mp4</c>.</param>
/// <param name="WriteSegment">Writes that video to the path it gets, and closes it.</param>
/// <param name="Rows">Actions and states, one row per frame.</param>
/// <param name="Counters">Numbers for reports.</param>
public sealed record IterationContent(
    int Iteration, IReadOnlyList<NamedArray> Queue, string SegmentExtension, Action<string> WriteSegment, TrajectoryRows Rows, JsonObject Counters);

/// <summary>Where an episode goes on.</summary>
/// <param name="Next">Index of the next iteration.</param>
/// <param name="Frames">Frames before it.</param>
/// <param name="Queue">The observation queues before it; empty where it is the first.</param>
/// <param name="Committed">The iterations before it.</param>
/// <param name="Damage">Why it goes back behind what was committed, one line; null where it does not.</param>
public sealed record ResumePoint(int Next, long Frames, IReadOnlyList<NamedArray> Queue, IReadOnlyList<CommittedIteration> Committed, string? Damage);

/// <summary>
/// An owner's view of its episode: store and files together, in the order that survives everything. Files first, then the row
/// that names them with their checksums; old checkpoints go after that.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="files">The files beside it.</param>
/// <param name="time">Clock of the pauses between attempts; null for the system's.</param>
/// <param name="exchange">Where files come from that are not here, because nodes have state folders of their own; null: nowhere.</param>
public sealed class EpisodeJournal(IEpisodeStore store, EpisodeFiles files, TimeProvider? time = null, IFileExchange? exchange = null)
{
    private static readonly TimeSpan s_pauseLimit = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>
    /// Called once after a claim: removes what earlier owners left unfinished, checks every file and finds where to go on. If
    /// files are damaged, it goes back to the last iteration after which everything is whole, and tells the store.
    /// </summary>
    /// <exception cref="LeaseLostException">The claim is gone.</exception>
    public async Task<ResumePoint> ResumeAsync(Claim claim, CancellationToken stop = default)
    {
        IReadOnlyList<CommittedIteration> iterations = [];
        await UntilServedAsync(async () => iterations = await store.IterationsAsync(claim.EpisodeId, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        await FetchMissingAsync(claim.EpisodeId, iterations, stop).ConfigureAwait(false);
        var (whole, damage) = Whole(claim, iterations);
        if (whole < iterations.Count)
        {
            await UntilServedAsync(() => store.RewindAsync(claim, whole, damage!, stop), stop).ConfigureAwait(false);
            iterations = [.. iterations.Take(whole)];
        }

        // The epoch in a name tells a predecessor's leavings from the files of a successor that this owner does not know of yet.
        var litter = files.Litter(claim.EpisodeId, iterations.SelectMany(iteration => iteration.Files));
        files.Delete(claim.EpisodeId, litter.Where(name => EpisodeFiles.EpochOf(name) < claim.Epoch));
        var frames = iterations.Count == 0 ? 0 : iterations[^1].FirstFrame + iterations[^1].Frames;
        return new ResumePoint(whole, frames, whole == 0 ? [] : files.ReadQueue(claim.EpisodeId, QueueOf(iterations[whole - 1])!), iterations, damage);
    }

    /// <summary>Makes an iteration durable. While the store does not answer it keeps trying, until <paramref name="stop"/>.</summary>
    /// <exception cref="LeaseLostException">The claim is gone; nothing of this iteration remains.</exception>
    /// <exception cref="DiskFullException">There is no space left; the last committed iteration is untouched.</exception>
    public async Task<IterationCommit> CommitAsync(Claim claim, IterationContent content, CancellationToken stop = default)
    {
        var written = new List<StoredFile>();
        IterationCommit commit;
        try
        {
            written.Add(files.WriteSegment(claim, content.Iteration, content.SegmentExtension, content.WriteSegment));
            written.Add(files.WriteQueue(claim, content.Iteration, content.Queue));
            commit = new IterationCommit(content.Iteration, content.Rows.Count) { Files = written, Counters = content.Counters, Rows = content.Rows };
            await UntilServedAsync(() => store.CommitIterationAsync(claim, commit, stop), stop).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is LeaseLostException or DiskFullException)
        {
            // The journal does not name them. After an unclear answer they stay: it might.
            files.Delete(claim.EpisodeId, written.Select(file => file.Name));
            throw;
        }

        Prune(claim, content.Iteration);
        return commit;
    }

    /// <summary>
    /// Ends an episode: its results are on the disk, the row makes them count, and then segments and checkpoints go, unless
    /// <paramref name="keepSegments"/>.
    /// </summary>
    /// <exception cref="LeaseLostException">The claim is gone; the results are deleted.</exception>
    public async Task CompleteAsync(Claim claim, EpisodeResultFiles result, bool keepSegments, CancellationToken stop = default)
    {
        try
        {
            await UntilServedAsync(() => store.CompleteAsync(claim, result, stop), stop).ConfigureAwait(false);
        }
        catch (LeaseLostException)
        {
            files.Delete(claim.EpisodeId, result.Files.Select(file => file.Name));
            throw;
        }

        var iterations = keepSegments ? await store.IterationsAsync(claim.EpisodeId, stop).ConfigureAwait(false) : [];
        var kept = iterations.SelectMany(iteration => iteration.Files).Where(file => file.Kind == StoredFileKind.Segment).Concat(result.Files);
        files.Delete(claim.EpisodeId, files.Litter(claim.EpisodeId, kept));
    }

    /// <summary>
    /// Called when a claim is known to be gone and the work on it has ended: deletes what this owner wrote and no row names. Its writes were
    /// stopped in the middle, and if its successor has completed the episode already nobody else would.
    /// </summary>
    public async Task ForsakeAsync(Claim claim, CancellationToken stop = default)
    {
        // Rows first: none can come to name a file of this epoch any more.
        var iterations = await store.IterationsAsync(claim.EpisodeId, stop).ConfigureAwait(false);
        var results = (await store.FindAsync(claim.EpisodeId, stop).ConfigureAwait(false))?.Results ?? [];
        var litter = files.Litter(claim.EpisodeId, iterations.SelectMany(iteration => iteration.Files).Concat(results));
        files.Delete(claim.EpisodeId, litter.Where(name => EpisodeFiles.EpochOf(name) == claim.Epoch));
    }

    /// <summary>Fetches what a resume needs and other nodes have: every segment, and the checkpoints that are kept.</summary>
    private async Task FetchMissingAsync(string episodeId, IReadOnlyList<CommittedIteration> iterations, CancellationToken stop)
    {
        if (exchange is null)
        {
            return;
        }

        var oldest = iterations.Count - EpisodeFiles.CheckpointsKept;
        var missing = iterations
            .SelectMany((iteration, i) => iteration.Files.Where(file => file.Kind != StoredFileKind.Queue || i >= oldest).Select(file => (iteration.Epoch, File: file)))
            .Where(item => !files.Has(episodeId, item.File))
            .ToList();
        if (missing.Count == 0)
        {
            return;
        }

        IReadOnlyList<JournalEvent> events = [];
        await UntilServedAsync(async () => events = await store.EventsAsync(episodeId, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        var writers = events.Where(it => it.Kind == EventKind.IterationCommitted && it.Node is not null).GroupBy(it => it.Epoch).ToDictionary(group => group.Key, group => group.First().Node);
        foreach (var (epoch, file) in missing)
        {
            // One that nobody has is damage, and treated like any.
            await files.FetchAsync(exchange, episodeId, file, writers.GetValueOrDefault(epoch), stop).ConfigureAwait(false);
        }
    }

    /// <summary>Iterations from the first one on whose files are whole, and what is wrong with the next.</summary>
    private (int Count, string? Damage) Whole(Claim claim, IReadOnlyList<CommittedIteration> iterations)
    {
        string? damage = null;
        var segments = 0;
        while (segments < iterations.Count && damage is null)
        {
            damage = iterations[segments].Files.Where(file => file.Kind == StoredFileKind.Segment).Select(file => files.Damage(claim.EpisodeId, file)).FirstOrDefault(text => text is not null);
            segments += damage is null ? 1 : 0;
        }

        // Back to the last checkpoint that can be read; without one to the beginning.
        for (var count = segments; count > 0; count--)
        {
            var queue = QueueOf(iterations[count - 1]);
            var broken = queue is null
                ? string.Create(CultureInfo.InvariantCulture, $"iteration {count - 1} has no checkpoint")
                : files.Damage(claim.EpisodeId, queue);
            if (broken is null)
            {
                return (count, damage);
            }

            damage ??= broken;
        }

        return (0, damage);
    }

    private static StoredFile? QueueOf(CommittedIteration iteration) => iteration.Files.FirstOrDefault(file => file.Kind == StoredFileKind.Queue);

    /// <summary>Deletes checkpoints that nothing falls back to any more; never a successor's.</summary>
    private void Prune(Claim claim, int iteration)
    {
        var oldest = iteration - EpisodeFiles.CheckpointsKept + 1;
        files.Delete(claim.EpisodeId, files.Litter(claim.EpisodeId, []).Where(name =>
            EpisodeFiles.QueueIterationOf(name) < oldest && EpisodeFiles.EpochOf(name) <= claim.Epoch));
    }

    /// <summary>Repeats a call until the store has answered it. Repeating is safe: what is done already stays as it is.</summary>
    private async Task UntilServedAsync(Func<Task> call, CancellationToken stop)
    {
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = pause * 2 < s_pauseLimit ? pause * 2 : s_pauseLimit)
        {
            try
            {
                await call().ConfigureAwait(false);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(pause, _time, stop).ConfigureAwait(false);
            }
        }
    }
}
