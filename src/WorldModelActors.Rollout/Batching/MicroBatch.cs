namespace WorldModelActors.Rollout;

/// <summary>Why a batch was sent.</summary>
internal enum BatchReason
{
    /// <summary>As large as it may be.</summary>
    Full,

    /// <summary>A preferred size.</summary>
    Preferred,

    /// <summary>There is no delay: what waited went.</summary>
    NoDelay,

    /// <summary>The oldest item has waited long enough.</summary>
    Delay,

    /// <summary>The queue was flushed.</summary>
    Flush,

    /// <summary>Everybody who could add something waits for an answer.</summary>
    AllWaiting,
}

/// <summary>Where a <see cref="MicroBatchQueue{TKey, TItem}"/> stands.</summary>
internal enum BatchingState
{
    /// <summary>Nothing waits, nothing runs.</summary>
    Idle,

    /// <summary>Items wait.</summary>
    Gathering,

    /// <summary>A batch was taken and is not completed.</summary>
    Running,
}

/// <summary>An item that waits.</summary>
/// <param name="Item">The item.</param>
/// <param name="Producer">Who waits for its result and adds nothing until then; null where nobody does.</param>
/// <param name="Number">Order of arrival.</param>
/// <param name="Deadline">When it is sent in any case.</param>
internal readonly record struct WaitingItem<TItem>(TItem Item, string? Producer, long Number, TimeSpan Deadline);

/// <summary>Items for one call.</summary>
/// <param name="Key">Their group.</param>
/// <param name="Priority">Their priority.</param>
/// <param name="Reason">Why they go now.</param>
/// <param name="Waiting">The items in order of arrival.</param>
internal sealed record MicroBatch<TKey, TItem>(TKey Key, int Priority, BatchReason Reason, IReadOnlyList<WaitingItem<TItem>> Waiting)
    where TKey : notnull
{
    /// <summary>The items in order of arrival.</summary>
    public IReadOnlyList<TItem> Items { get; } = [.. Waiting.Select(w => w.Item)];
}
