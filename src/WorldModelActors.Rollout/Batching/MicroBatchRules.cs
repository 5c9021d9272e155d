namespace WorldModelActors.Rollout;

/// <summary>When a <see cref="MicroBatchQueue{TKey, TItem}"/> sends what.</summary>
internal sealed record MicroBatchRules
{
    /// <summary>Most items of a batch.</summary>
    public required int MaxBatch { get; init; }

    /// <summary>How long the oldest item may be held in the hope of a fuller batch; zero: whatever waits goes at once.</summary>
    public TimeSpan MaxDelay { get; init; }

    /// <summary>Sizes that are much faster than their neighbours; the largest that can be formed goes at once.</summary>
    public IReadOnlyList<int> PreferredSizes { get; init; } = [];

    /// <summary>Priorities 0 ... n - 1; a smaller one goes first, and priorities never share a batch.</summary>
    public int Priorities { get; init; } = 1;

    /// <summary>Batches of one group in a row while another group of the same priority could go.</summary>
    public int MaxConsecutive { get; init; } = 4;

    /// <summary>Most items that wait.</summary>
    public int Capacity { get; init; } = int.MaxValue;

    /// <summary>The rules of a node's options. Without batching, and for calls of fixed composition, nothing is waited for.</summary>
    public static MicroBatchRules For(RolloutOptions options, BatchOptions batch) => new()
    {
        MaxBatch = options.Batching ? batch.MaxBatch : 1,
        MaxDelay = options.Batching && !options.Deterministic ? batch.MaxDelay : TimeSpan.Zero,
        PreferredSizes = options.Batching && !options.Deterministic ? batch.PreferredSizes : [],
    };
}
