namespace WorldModelActors.Episodes;

/// <summary>Runs the episodes that a node owns.</summary>
public interface IEpisodeWorker
{
    /// <summary>
    /// Runs an episode from where it stands. Each iteration goes through the assignment's journal before it counts. For several episodes at
    /// a time.
    /// </summary>
    /// <param name="assignment">What to run.</param>
    /// <param name="stop">Stops at once: the lease is gone, or the node is asked to end a second time.</param>
    /// <returns>The results, once every iteration is committed; null where it stopped before, because the node drains.</returns>
    /// <exception cref="LeaseLostException">The claim is gone.</exception>
    /// <exception cref="DiskFullException">The last committed iteration is untouched.</exception>
    /// <exception cref="NodeUnusableException">Nothing more can be computed in this process.</exception>
    Task<EpisodeResultFiles?> RunAsync(EpisodeAssignment assignment, CancellationToken stop);
}

/// <summary>An episode that a node owns, and with what to run it.</summary>
/// <param name="Claim">The ownership.</param>
/// <param name="Point">Where it goes on.</param>
/// <param name="Journal">Takes its iterations.</param>
/// <param name="Files">The files of the store.</param>
/// <param name="Drain">Cancelled when the iteration in hand is to be the last.</param>
public sealed record EpisodeAssignment(Claim Claim, ResumePoint Point, EpisodeJournal Journal, EpisodeFiles Files, CancellationToken Drain)
{
    /// <summary>What to run.</summary>
    public EpisodeSpec Spec { get; } = EpisodeSpec.FromJson(Claim.Spec);
}

/// <summary>
/// This process can compute nothing any more (a CUDA context that an error has poisoned). It gives back what it owns and ends; a
/// supervisor starts another one.
/// </summary>
public sealed class NodeUnusableException(string message, Exception cause) : Exception(message, cause);
