namespace WorldModelActors.Episodes;

/// <summary>How a store behaves. Every process on one store should use the same.</summary>
public sealed record StoreOptions
{
    /// <summary>Retryable failures after which an episode has failed for good.</summary>
    public int MaxFailures { get; init; } = 3;

    /// <summary>
    /// Owners that may vanish one after the other without committing an iteration. One more and the episode has failed: it is
    /// likely what kills them.
    /// </summary>
    public int MaxLosses { get; init; } = 10;

    /// <summary>Pause after the first retryable failure; it doubles with each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause after a retryable failure.</summary>
    public TimeSpan RetryDelayLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a statement may take, and how long it waits for another process's lock.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a subscription on SQLite looks for changes.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Most connections of this process to PostgreSQL.</summary>
    public int MaxConnections { get; init; } = 8;

    /// <summary>The clock of a SQLite store (all its processes are on one machine), and of pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal TimeSpan RetryPause(int failures)
    {
        var doubled = RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        return TimeSpan.FromMilliseconds(Math.Min(doubled, RetryDelayLimit.TotalMilliseconds));
    }
}
