namespace WorldModelActors.Episodes;

/// <summary>
/// The store, or a file beside it, cannot be used. <see cref="Exception.Message"/> is one line for the user: it names the
/// store, the episode or the file and says what to do. It never holds a password.
/// </summary>
public class StoreException : Exception
{
    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether the same call may succeed later, with nothing changed by this one that a repetition would double.</summary>
    public virtual bool IsTransient => false;
}

/// <summary>The store does not answer at present: restarting, unreachable, or locked by another process for too long.</summary>
public sealed class StoreUnavailableException(string message, Exception cause) : StoreException(message, cause)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>No space is left for a file or for the store; the last committed iteration is untouched.</summary>
public sealed class DiskFullException(string message, Exception cause) : StoreException(message, cause)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>
/// The writer no longer owns the episode: its lease ran out and another node took over, or the episode was cancelled.
/// Nothing was written. The owner stops working on it at once.
/// </summary>
public sealed class LeaseLostException(string episodeId, long epoch, string reason)
    : StoreException($"episode {episodeId}: epoch {epoch} no longer owns it: {reason}")
{
    /// <summary>The episode.</summary>
    public string EpisodeId { get; } = episodeId;

    /// <summary>The stale epoch.</summary>
    public long Epoch { get; } = epoch;
}
