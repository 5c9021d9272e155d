namespace WorldModelActors.Rollout;

/// <summary>Keeps an episode's progress, so that it can go on elsewhere after a crash.</summary>
public interface IEpisodeJournal
{
    /// <summary>
    /// Takes a checkpoint. Called for every iteration, in order, one call at a time, when all frames up to there are in the video; sampling
    /// goes on meanwhile, but not further than <see cref="RolloutOptions.MaxIterationsInFlight"/> iterations. A call that fails is made again
    /// up to <see cref="RolloutOptions.MaxRetries"/> times, except after a <see cref="RolloutException"/>; then the episode fails.
    /// An episode that restarts in memory may offer an iteration again that had been taken: its contents are the same.
    /// </summary>
    /// <param name="checkpoint">To be read before the task completes.</param>
    /// <param name="cancellationToken">The node is stopping.</param>
    Task CommitAsync(EpisodeCheckpoint checkpoint, CancellationToken cancellationToken);
}
