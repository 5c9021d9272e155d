namespace WorldModelActors.Rollout.Tests;

public sealed class MicroBatchQueueTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(10);

    private static TimeSpan At(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static MicroBatchQueue<string, int> Queue(
        int max, double delay = 10, int[]? preferred = null, int priorities = 1, int consecutive = 4, int capacity = int.MaxValue, Func<string, int>? largest = null) =>
        new(
            new MicroBatchRules
            {
                MaxBatch = max,
                MaxDelay = At(delay),
                PreferredSizes = preferred ?? [],
                Priorities = priorities,
                MaxConsecutive = consecutive,
                Capacity = capacity,
            },
            largest);

    private static void Add(MicroBatchQueue<string, int> queue, int first, int count, double at = 0, string key = "k")
    {
        for (var i = first; i < first + count; i++)
            Assert.True(queue.TryAdd(i, key, At(at)));
    }

    private static (int[] Items, BatchReason Reason)? Take(MicroBatchQueue<string, int> queue, double at, int producers = 0)
    {
        if (queue.TryTake(At(at), producers) is not { } batch)
            return null;
        queue.Completed();
        return ([.. batch.Items], batch.Reason);
    }

    private static void Sends(MicroBatchQueue<string, int> queue, double at, BatchReason reason, params int[] items)
    {
        var taken = Assert.NotNull(Take(queue, at));
        Assert.Equal(items, taken.Items);
        Assert.Equal(reason, taken.Reason);
    }

    [Fact]
    public void OneItemLeavesAtExactlyTheDelay()
    {
        var queue = Queue(4);
        Add(queue, 0, 1, at: 5);
        Assert.Equal(At(15), queue.Due);
        Assert.Null(Take(queue, 14.999));
        Sends(queue, 15, BatchReason.Delay, 0);
        Assert.Null(queue.Due);
    }

    [Fact]
    public void AFullBatchLeavesAtOnceAndTheRestWithoutASecondDelay()
    {
        var queue = Queue(4);
        Add(queue, 0, 5, at: 1);
        Sends(queue, 1, BatchReason.Full, 0, 1, 2, 3);
        // A long call: the delay of the fifth ran on meanwhile.
        Assert.Equal(At(11), queue.Due);
        Assert.Null(Take(queue, 10));
        Sends(queue, 11, BatchReason.Delay, 4);
    }

    [Fact]
    public void TheDelayBelongsToTheOldestItem()
    {
        var queue = Queue(4);
        Add(queue, 0, 1, at: 0);
        Add(queue, 1, 1, at: 9);
        Sends(queue, 10, BatchReason.Delay, 0, 1);
    }

    [Fact]
    public void ThePreferredSizeThatCanBeFormedLeavesAtOnce()
    {
        var queue = Queue(8, preferred: [4, 8]);
        Add(queue, 0, 4);
        Add(queue, 4, 3, at: 2);
        Sends(queue, 3, BatchReason.Preferred, 0, 1, 2, 3);
        Assert.Null(Take(queue, 11));
        Sends(queue, 12, BatchReason.Delay, 4, 5, 6);
    }

    [Fact]
    public void FiveMoreMakeTheRestAFullBatch()
    {
        var queue = Queue(8, preferred: [4, 8]);
        Add(queue, 0, 7);
        Sends(queue, 0, BatchReason.Preferred, 0, 1, 2, 3);
        Add(queue, 7, 5, at: 1);
        Sends(queue, 1, BatchReason.Full, 4, 5, 6, 7, 8, 9, 10, 11);
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void PreferredSizesNeverExceedTheMaximum()
    {
        var queue = Queue(6, preferred: [4, 8]);
        Add(queue, 0, 9);
        Sends(queue, 0, BatchReason.Full, 0, 1, 2, 3, 4, 5);
    }

    [Fact]
    public void WithoutADelayWhateverWaitsGoes()
    {
        var queue = Queue(8, delay: 0);
        Add(queue, 0, 3);
        Sends(queue, 0, BatchReason.NoDelay, 0, 1, 2);
        Assert.Equal(BatchingState.Idle, queue.State);
    }

    [Fact]
    public void SwitchedOffEveryItemGoesAloneAndAtOnce()
    {
        var rules = MicroBatchRules.For(
            new RolloutOptions { Batching = false }, new BatchOptions { MaxBatch = 8, MaxDelay = Delay, PreferredSizes = [4] });
        var queue = new MicroBatchQueue<string, int>(rules);
        Add(queue, 0, 3);
        for (var i = 0; i < 3; i++)
            Sends(queue, 0, BatchReason.Full, i);
    }

    [Fact]
    public void OnlyEqualKeysShareABatchAndTheOldestHeadGoesFirst()
    {
        var queue = Queue(4, delay: 0);
        Add(queue, 0, 1, key: "b");
        Add(queue, 1, 2, key: "a");
        Add(queue, 3, 1, key: "b");
        Sends(queue, 0, BatchReason.NoDelay, 0, 3);
        Sends(queue, 0, BatchReason.NoDelay, 1, 2);
    }

    [Fact]
    public void UrgentItemsGoFirstAndNeverWithOthers()
    {
        var queue = Queue(4, delay: 0, priorities: 2);
        for (var i = 0; i < 6; i++)
            queue.TryAdd(i, "k", default, priority: 1);
        Sends(queue, 0, BatchReason.Full, 0, 1, 2, 3);
        queue.TryAdd(10, "k", default, priority: 0);
        queue.TryAdd(11, "k", default, priority: 0);
        Sends(queue, 0, BatchReason.NoDelay, 10, 11);
        Sends(queue, 0, BatchReason.NoDelay, 4, 5);
    }

    [Fact]
    public void UrgentItemsThatGatherDoNotHoldUpAFullBatchOfOthers()
    {
        var queue = Queue(2, priorities: 2);
        queue.TryAdd(0, "k", default, priority: 0);
        queue.TryAdd(1, "k", default, priority: 1);
        queue.TryAdd(2, "k", default, priority: 1);
        Sends(queue, 0, BatchReason.Full, 1, 2);
        Assert.Null(Take(queue, 9));
        Sends(queue, 10, BatchReason.Delay, 0);
    }

    [Fact]
    public void WhenAllKnownProducersWaitHereNothingIsWaitedFor()
    {
        var queue = Queue(8);
        queue.TryAdd(0, "k", default, producer: "a");
        queue.TryAdd(1, "k", default, producer: "a");
        Assert.Null(Take(queue, 0, producers: 2));
        queue.TryAdd(2, "k", default, producer: "b");
        Assert.Equal(BatchReason.AllWaiting, Take(queue, 0, producers: 2)?.Reason);
        // Nobody waits any more, so the rule is off again.
        queue.TryAdd(3, "k", default);
        Assert.Null(Take(queue, 0, producers: 1));
    }

    [Fact]
    public void AFlushSendsWhatWaitsButNotWhatComesLater()
    {
        var queue = Queue(2);
        Add(queue, 0, 3);
        queue.Flush();
        Sends(queue, 0, BatchReason.Full, 0, 1);
        Sends(queue, 0, BatchReason.Flush, 2);
        Add(queue, 3, 1);
        Assert.Null(Take(queue, 0));
    }

    [Fact]
    public void ItemsArriveWhileABatchRuns()
    {
        var queue = Queue(2, delay: 0);
        Assert.Equal(BatchingState.Idle, queue.State);
        Add(queue, 0, 1);
        Assert.Equal(BatchingState.Gathering, queue.State);
        Assert.NotNull(queue.TryTake(default));
        Assert.Equal(BatchingState.Running, queue.State);
        Add(queue, 1, 1);
        Assert.Throws<InvalidOperationException>(() => queue.TryTake(default));
        queue.Completed();
        Assert.Equal(BatchingState.Gathering, queue.State);
        Sends(queue, 0, BatchReason.NoDelay, 1);
    }

    [Fact]
    public void AFullQueueRefuses()
    {
        var queue = Queue(8, capacity: 2);
        Add(queue, 0, 2);
        Assert.False(queue.TryAdd(2, "k", default));
        Assert.Equal((2, 2, 1L), (queue.Count, queue.HighWater, queue.Refused));
    }

    [Fact]
    public void TheLimitOfAGroupIsFollowedAtOnce()
    {
        var fits = 8;
        var queue = Queue(8, largest: _ => fits);
        Add(queue, 0, 8);
        var batch = Assert.IsType<MicroBatch<string, int>>(queue.TryTake(default));
        Assert.Equal(8, batch.Items.Count);
        // It did not fit: again, in halves, without waiting, before what came meanwhile.
        fits = 4;
        Add(queue, 8, 1);
        queue.PutBack(batch);
        queue.Completed();
        Sends(queue, 0, BatchReason.Full, 0, 1, 2, 3);
        Sends(queue, 0, BatchReason.Full, 4, 5, 6, 7);
        Assert.Null(Take(queue, 9));
        Sends(queue, 10, BatchReason.Delay, 8);
    }

    [Fact]
    public void WhatIsPutBackMayBeRegroupedAndDoesNotWaitAgain()
    {
        var queue = Queue(4);
        Add(queue, 0, 4);
        var batch = Assert.IsType<MicroBatch<string, int>>(queue.TryTake(default));
        queue.PutBack(batch, i => i % 2 == 0 ? "even" : "odd");
        queue.Completed();
        Sends(queue, 0, BatchReason.Delay, 0, 2);
        Sends(queue, 0, BatchReason.Delay, 1, 3);
    }

    [Fact]
    public void CancelledItemsAreGoneAtOnce()
    {
        var queue = Queue(4);
        Add(queue, 0, 3);
        Assert.Equal(1, queue.RemoveAll(i => i == 0));
        Assert.Equal(At(10), queue.Due);
        Sends(queue, 10, BatchReason.Delay, 1, 2);
        Add(queue, 3, 2);
        Assert.Equal(2, queue.RemoveAll(_ => true));
        Assert.Null(queue.Due);
    }

    [Fact]
    public void AGroupWithABacklogLetsOthersIn()
    {
        var queue = Queue(4, delay: 0, consecutive: 3);
        Add(queue, 0, 100, key: "long");
        Add(queue, 1000, 1, key: "short");
        var taken = Enumerable.Range(0, 26).Select(_ => Take(queue, 0)!.Value.Items).ToList();
        Assert.Equal(3, taken.FindIndex(t => t[0] == 1000));
        Assert.Null(Take(queue, 0));
    }

    /// <summary>Two groups that always have work, one far more than its share: every item's wait is bounded.</summary>
    [Fact]
    public void UnderConstantLoadTheWorstWaitHasABound()
    {
        var queue = Queue(4, delay: 0, consecutive: 4);
        var worst = new Dictionary<string, int>();
        var arrived = new Dictionary<int, int>();
        for (var (call, id) = (0, 0); call < 10_000; call++)
        {
            // 4 an average call: 3 of the greedy group, and 4 of the modest one every fourth time.
            for (var i = 0; i < 3; i++)
                AddAt(id++, "greedy", call);
            for (var i = 0; i < 4 && call % 4 == 0; i++)
                AddAt(id++, "modest", call);
            var batch = queue.TryTake(default)!;
            queue.Completed();
            foreach (var item in batch.Items)
                worst[batch.Key] = Math.Max(worst.GetValueOrDefault(batch.Key), call - arrived[item]);
        }
        Assert.InRange(worst["modest"], 0, 8);
        Assert.InRange(worst["greedy"], 0, 8);

        void AddAt(int id, string key, int call)
        {
            arrived[id] = call;
            queue.TryAdd(id, key, default);
        }
    }
}
