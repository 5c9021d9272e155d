using System.Globalization;

namespace WorldModelActors.Episodes;

/// <summary>Checks what the store says about an episode against its journal.</summary>
internal static class JournalCheck
{
    public static IEnumerable<string> Findings(EpisodeDossier dossier)
    {
        var (episode, events, iterations, lease) = dossier;
        var ledger = new EpisodeLedger(episode.Iterations);
        foreach (var next in events)
        {
            if (ledger.Apply(next) is { } complaint)
            {
                yield return complaint;
                yield break;
            }
        }

        // A waiting episode is planned again when its pause is over, without an event.
        var state = episode.State == JournalState.Planned && ledger.State == JournalState.Waiting ? JournalState.Planned : ledger.State;
        foreach (var (what, row, journal) in new (string, object, object)[]
        {
            ("events", episode.Sequence, ledger.Sequence),
            ("state", episode.State, state),
            ("epoch", episode.Epoch, ledger.Epoch),
            ("committed iterations", episode.Committed, ledger.Committed),
            ("frames", episode.Frames, ledger.Frames),
            ("rows of iterations", iterations.Count, ledger.Committed),
        })
        {
            if (!row.Equals(journal))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{what}: {row} in the store, {journal} by the journal");
            }
        }

        foreach (var finding in Iterations(iterations, ledger).Concat(Lease(episode, lease)))
        {
            yield return finding;
        }
    }

    /// <summary>Every frame once: the iterations follow each other without gap or overlap.</summary>
    private static IEnumerable<string> Iterations(IReadOnlyList<CommittedIteration> iterations, EpisodeLedger ledger)
    {
        var frame = 0L;
        for (var i = 0; i < iterations.Count && i < ledger.Committed; i++)
        {
            var iteration = iterations[i];
            if (iteration.Iteration != i || iteration.FirstFrame != frame)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"iteration {iteration.Iteration} from frame {iteration.FirstFrame} stands where iteration {i} from frame {frame} belongs");
            }

            var content = new IterationCommit(iteration.Iteration, iteration.Frames) { Files = iteration.Files, Counters = iteration.Counters, Rows = iteration.Rows };
            if (iteration.Digest != ledger.DigestOf(i) || iteration.Frames != ledger.FramesOf(i) || iteration.Rows.Count != iteration.Frames || content.Digest() != iteration.Digest)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"iteration {i} is not what was committed: its content has another digest");
            }

            frame += iteration.Frames;
        }
    }

    private static IEnumerable<string> Lease(EpisodeView episode, LeaseView? lease)
    {
        if (episode.State == JournalState.Running && lease is null)
        {
            yield return "it is running and has no lease: nobody will ever take it over";
        }

        if (episode.State != JournalState.Running && lease is not null)
        {
            yield return $"it is {episode.State.ToString().ToLowerInvariant()} and node {lease.NodeName} still has a lease";
        }

        if (lease is not null && lease.Epoch != episode.Epoch)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"its lease has epoch {lease.Epoch}, the episode {episode.Epoch}");
        }

        if (episode.State == JournalState.Running && lease is { Left.Ticks: <= 0 })
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"the lease of node {lease.NodeName}{(lease.OwnerLeft ? ", which has left," : "")} ran out {-lease.Left.TotalSeconds:0.0} s ago and nobody has taken over");
        }
    }
}
