namespace WorldModelActors.Rollout;

/// <summary>How an actor gathers requests for one call of its network.</summary>
public sealed record BatchOptions
{
    /// <summary>Most items in a call.</summary>
    public int MaxBatch { get; init; } = 8;

    /// <summary>
    /// How long the oldest waiting item may be held in the hope of a fuller batch; zero: whenever the network is free, whatever waits
    /// goes.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Sizes that are much faster than their neighbours, as captured graphs are: the largest that can be formed goes without waiting.
    /// Usually none.
    /// </summary>
    public IReadOnlyList<int> PreferredSizes { get; init; } = [];

    /// <summary>Most bytes that a call may take at its peak, learned from the calls themselves; null: only what the device has.</summary>
    public long? MaxBytes { get; init; }
}
