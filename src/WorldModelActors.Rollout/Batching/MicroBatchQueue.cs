namespace WorldModelActors.Rollout;

/// <summary>
/// Gathers items into batches: Idle, then Gathering until a batch is full, of a preferred size, held for long enough or flushed, then
/// Running while items go on arriving. Only items of equal keys and of one priority share a batch. Pure: time is passed in, no tensors, no
/// actors, no threads.
/// <para>
/// The semantics are Triton's dynamic batcher's: the delay belongs to the oldest item, a preferred size goes at once, and when the
/// delay is over whatever is there goes. Between groups the oldest head goes first, with a cap on batches of one group in a row.
/// </para>
/// </summary>
internal sealed class MicroBatchQueue<TKey, TItem>
    where TKey : notnull
{
    private readonly MicroBatchRules _rules;
    private readonly Func<TKey, int> _largest;
    private readonly BatchGroups<TKey, TItem>[] _priorities;
    private readonly Dictionary<string, int> _producers = [];
    private long _arrivals;
    private long _flushedBefore;
    private bool _running;

    /// <param name="rules">When it sends what.</param>
    /// <param name="largest">Largest batch of a group that fits now, such as <see cref="BatchLimit.Current"/>; null: the maximum always does.</param>
    public MicroBatchQueue(MicroBatchRules rules, Func<TKey, int>? largest = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rules.MaxBatch, 1, nameof(rules));
        ArgumentOutOfRangeException.ThrowIfLessThan(rules.MaxDelay, TimeSpan.Zero, nameof(rules));
        ArgumentOutOfRangeException.ThrowIfLessThan(rules.MaxConsecutive, 1, nameof(rules));
        _rules = rules;
        _largest = largest ?? (_ => rules.MaxBatch);
        _priorities = [.. Enumerable.Range(0, rules.Priorities).Select(_ => new BatchGroups<TKey, TItem>())];
    }

    /// <summary>Where it stands.</summary>
    public BatchingState State => _running ? BatchingState.Running : Count > 0 ? BatchingState.Gathering : BatchingState.Idle;

    /// <summary>Items that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Most items that waited so far.</summary>
    public int HighWater { get; private set; }

    /// <summary>Items that were refused because the queue was full.</summary>
    public long Refused { get; private set; }

    /// <summary>When the next batch is sent if nothing else happens; null where nothing waits.</summary>
    public TimeSpan? Due
    {
        get
        {
            TimeSpan? due = null;
            foreach (var priority in _priorities)
            {
                foreach (var (_, items) in priority.Groups)
                {
                    var deadline = items.First!.Value.Deadline;
                    due = due < deadline ? due : deadline;
                }
            }
            return due;
        }
    }

    /// <summary>Adds an item; also while a batch runs.</summary>
    /// <param name="item">The item.</param>
    /// <param name="key">Its group.</param>
    /// <param name="now">Time on a monotonic clock.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="producer">Who waits for its result and adds nothing until then; null where nobody does.</param>
    /// <returns>False where the queue is full: the item was not taken.</returns>
    public bool TryAdd(TItem item, TKey key, TimeSpan now, int priority = 0, string? producer = null)
    {
        if (Count >= _rules.Capacity)
        {
            Refused++;
            return false;
        }
        _priorities[priority].Add(key, new WaitingItem<TItem>(item, producer, _arrivals++, now + _rules.MaxDelay));
        Counted(producer, 1);
        return true;
    }

    /// <summary>The batch that is to be sent now, if there is one; it runs until <see cref="Completed"/>.</summary>
    /// <param name="now">Time on a monotonic clock.</param>
    /// <param name="producers">Known producers: when as many wait here, nothing more can come and there is nothing to wait for; 0: not known.</param>
    public MicroBatch<TKey, TItem>? TryTake(TimeSpan now, int producers = 0)
    {
        if (_running)
            throw new InvalidOperationException("a batch is running");
        var allWaiting = producers > 0 && _producers.Count >= producers;
        for (var i = 0; i < _priorities.Length; i++)
        {
            if (Choose(_priorities[i], now, allWaiting) is not { } chosen)
                continue;
            _running = true;
            var taken = _priorities[i].Take(chosen.Key, chosen.Size);
            foreach (var item in taken)
                Counted(item.Producer, -1);
            return new MicroBatch<TKey, TItem>(chosen.Key, i, chosen.Reason, taken);
        }
        return null;
    }

    /// <summary>The batch that was taken is done with.</summary>
    public void Completed() => _running = false;

    /// <summary>
    /// Puts the items of a batch back where they were, before all that came later; they do not wait for the delay again.
    /// </summary>
    /// <param name="batch">What was taken.</param>
    /// <param name="regroup">Their groups from now on; null: as before.</param>
    public void PutBack(MicroBatch<TKey, TItem> batch, Func<TItem, TKey>? regroup = null)
    {
        for (var i = batch.Waiting.Count - 1; i >= 0; i--)
        {
            var waiting = batch.Waiting[i] with { Deadline = TimeSpan.MinValue };
            var key = regroup is null ? batch.Key : regroup(waiting.Item);
            _priorities[batch.Priority].Insert(key, waiting);
            Counted(waiting.Producer, 1);
        }
    }

    /// <summary>What waits now is sent without waiting for more: the end of a stream, a stop.</summary>
    public void Flush() => _flushedBefore = _arrivals;

    /// <summary>Takes items out: cancelled ones.</summary>
    /// <returns>How many.</returns>
    public int RemoveAll(Predicate<TItem> match)
    {
        var before = Count;
        foreach (var priority in _priorities)
        {
            foreach (var removed in priority.RemoveAll(match))
                Counted(removed.Producer, -1);
        }
        return before - Count;
    }

    private (TKey Key, int Size, BatchReason Reason)? Choose(BatchGroups<TKey, TItem> priority, TimeSpan now, bool allWaiting)
    {
        (TKey Key, int Size, BatchReason Reason)? oldest = null, rested = null;
        long oldestNumber = long.MaxValue, restedNumber = long.MaxValue;
        foreach (var (key, items) in priority.Groups)
        {
            var number = items.First!.Value.Number;
            if (number > oldestNumber && number > restedNumber)
                continue;
            if (Sendable(key, items, now, allWaiting) is not { Size: > 0 } sendable)
                continue;
            if (number < oldestNumber)
                (oldest, oldestNumber) = ((key, sendable.Size, sendable.Reason), number);
            if (number < restedNumber && !priority.IsTired(key, _rules.MaxConsecutive))
                (rested, restedNumber) = ((key, sendable.Size, sendable.Reason), number);
        }
        return rested ?? oldest;
    }

    private (int Size, BatchReason Reason) Sendable(TKey key, LinkedList<WaitingItem<TItem>> items, TimeSpan now, bool allWaiting)
    {
        var largest = Math.Clamp(_largest(key), 1, _rules.MaxBatch);
        var count = items.Count;
        if (count >= largest)
            return (largest, BatchReason.Full);
        var preferred = 0;
        foreach (var size in _rules.PreferredSizes)
            preferred = size <= count ? Math.Max(preferred, size) : preferred;
        if (preferred > 0)
            return (preferred, BatchReason.Preferred);
        var head = items.First!.Value;
        if (_rules.MaxDelay == TimeSpan.Zero)
            return (count, BatchReason.NoDelay);
        if (head.Deadline <= now)
            return (count, BatchReason.Delay);
        if (head.Number < _flushedBefore)
            return (count, BatchReason.Flush);
        return allWaiting ? (count, BatchReason.AllWaiting) : (0, default);
    }

    private void Counted(string? producer, int change)
    {
        Count += change;
        HighWater = Math.Max(HighWater, Count);
        if (producer is null)
            return;
        var items = _producers.GetValueOrDefault(producer) + change;
        if (items == 0)
            _producers.Remove(producer);
        else
            _producers[producer] = items;
    }
}
