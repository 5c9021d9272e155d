namespace WorldModelActors.Episodes;

/// <summary>Episodes that are alike for a claim and of which at least one can be taken.</summary>
/// <param name="Number">Number of the queue.</param>
/// <param name="Sweep">Number of its sweep.</param>
/// <param name="Priority">Priority of its episodes.</param>
/// <param name="Bytes">Device memory of each of its episodes.</param>
internal sealed record ClaimQueue(long Number, long Sweep, int Priority, long Bytes);

/// <summary>Decides from which queues a claim takes how many episodes.</summary>
internal static class ClaimPlanner
{
    /// <summary>
    /// One episode after the other: of the highest priority that fits, from the sweep with the fewest running (the oldest sweep
    /// where several have), from its largest episodes.
    /// </summary>
    /// <param name="queues">Queues with something to take.</param>
    /// <param name="running">Running episodes by sweep.</param>
    /// <param name="capacity">Episodes wanted.</param>
    /// <param name="freeBytes">Device memory for them.</param>
    /// <returns>Episodes by queue, as if every queue were long enough.</returns>
    public static IReadOnlyList<(ClaimQueue Queue, int Count)> Allocate(
        IReadOnlyCollection<ClaimQueue> queues, IReadOnlyDictionary<long, int> running, int capacity, long freeBytes)
    {
        var counts = new Dictionary<long, int>(running);
        var taken = new Dictionary<ClaimQueue, int>();
        for (; capacity > 0; capacity--)
        {
            ClaimQueue? best = null;
            foreach (var queue in queues)
            {
                if (queue.Bytes <= freeBytes && (best is null || Compare(queue, best, counts) < 0))
                {
                    best = queue;
                }
            }

            if (best is null)
            {
                break;
            }

            taken[best] = taken.GetValueOrDefault(best) + 1;
            counts[best.Sweep] = counts.GetValueOrDefault(best.Sweep) + 1;
            freeBytes -= best.Bytes;
        }

        return [.. taken.Select(pair => (pair.Key, pair.Value))];
    }

    private static int Compare(ClaimQueue a, ClaimQueue b, Dictionary<long, int> running)
    {
        var order = b.Priority.CompareTo(a.Priority);
        order = order != 0 ? order : running.GetValueOrDefault(a.Sweep).CompareTo(running.GetValueOrDefault(b.Sweep));
        order = order != 0 ? order : a.Sweep.CompareTo(b.Sweep);
        // Large ones first: they find room only while there is much of it.
        order = order != 0 ? order : b.Bytes.CompareTo(a.Bytes);
        return order != 0 ? order : a.Number.CompareTo(b.Number);
    }
}
