namespace WorldModelActors.Cli;

/// <summary>Keeps a number of episodes running: the next one starts when one ends, in order.</summary>
internal static class EpisodeSchedule
{
    /// <summary>Runs all of them.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="inFlight">How many run at once.</param>
    /// <param name="run">Runs one; an exception ends the schedule.</param>
    /// <param name="stop">Handed to every run; also cancelled when one throws.</param>
    /// <returns>What each gave, in order.</returns>
    public static async Task<IReadOnlyList<T>> RunAsync<T>(int count, int inFlight, Func<int, CancellationToken, Task<T>> run, CancellationToken stop)
    {
        var results = new T[count];
        var next = -1;
        using var fault = CancellationTokenSource.CreateLinkedTokenSource(stop);
        async Task Worker()
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                try
                {
                    results[i] = await run(i, fault.Token).ConfigureAwait(false);
                }
                catch
                {
                    // No further one first: those that the cancellation ends would go on to the next.
                    Interlocked.Exchange(ref next, count);
                    await fault.CancelAsync().ConfigureAwait(false);
                    throw;
                }
            }
        }

        // Each waits for all others: nobody may still be at work when the node is stopped. The first failure is what is thrown.
        await Task.WhenAll(Enumerable.Range(0, Math.Min(count, inFlight)).Select(_ => Task.Run(Worker, CancellationToken.None))).ConfigureAwait(false);
        return results;
    }
}
