namespace WorldModelActors.Rollout.Tests;

/// <summary>The rules of the queue once more, without thought of speed: one list, looked through each time.</summary>
internal sealed class ReferenceQueue(MicroBatchRules rules, Func<string, int> largest)
{
    private readonly List<Item> _items = [];
    private readonly Dictionary<int, (string Key, int InARow)> _last = [];
    private long _arrivals;
    private long _flushed;

    public int Count => _items.Count;

    public TimeSpan? Due => Heads().Select(h => (TimeSpan?)h.Deadline).Min();

    public bool TryAdd(int id, string key, TimeSpan now, int priority, string? producer)
    {
        if (_items.Count >= rules.Capacity)
            return false;
        _items.Add(new Item(id, key, priority, producer, _arrivals++, now + rules.MaxDelay));
        return true;
    }

    public (List<Item> Items, BatchReason Reason)? TryTake(TimeSpan now, int producers)
    {
        var all = producers > 0 && _items.Where(i => i.Producer is not null).Select(i => i.Producer).Distinct().Count() >= producers;
        for (var priority = 0; priority < rules.Priorities; priority++)
        {
            var sendable = new List<(Item Head, int Size, BatchReason Reason)>();
            foreach (var head in Heads().Where(h => h.Priority == priority))
            {
                var count = _items.Count(i => i.Priority == priority && i.Key == head.Key);
                var fits = Math.Min(largest(head.Key), rules.MaxBatch);
                var preferred = rules.PreferredSizes.Where(p => p <= Math.Min(count, fits)).DefaultIfEmpty().Max();
                if (count >= fits)
                    sendable.Add((head, fits, BatchReason.Full));
                else if (preferred > 0)
                    sendable.Add((head, preferred, BatchReason.Preferred));
                else if (rules.MaxDelay == TimeSpan.Zero)
                    sendable.Add((head, count, BatchReason.NoDelay));
                else if (head.Deadline <= now)
                    sendable.Add((head, count, BatchReason.Delay));
                else if (head.Number < _flushed)
                    sendable.Add((head, count, BatchReason.Flush));
                else if (all)
                    sendable.Add((head, count, BatchReason.AllWaiting));
            }
            if (sendable.Count == 0)
                continue;
            var last = _last.GetValueOrDefault(priority);
            var rested = sendable.Where(s => s.Head.Key != last.Key || last.InARow < rules.MaxConsecutive).ToList();
            var chosen = (rested.Count > 0 ? rested : sendable).MinBy(s => s.Head.Number);
            _last[priority] = (chosen.Head.Key, chosen.Head.Key == last.Key ? last.InARow + 1 : 1);
            var taken = _items.Where(i => i.Priority == priority && i.Key == chosen.Head.Key).OrderBy(i => i.Number).Take(chosen.Size).ToList();
            _items.RemoveAll(taken.Contains);
            return (taken, chosen.Reason);
        }
        return null;
    }

    public void PutBack(List<Item> items, Func<int, string>? regroup) =>
        _items.AddRange(items.Select(i => i with { Key = regroup?.Invoke(i.Id) ?? i.Key, Deadline = TimeSpan.MinValue }));

    public void Flush() => _flushed = _arrivals;

    public int RemoveAll(Predicate<int> match) => _items.RemoveAll(i => match(i.Id));

    private IEnumerable<Item> Heads() => _items.GroupBy(i => (i.Priority, i.Key)).Select(g => g.MinBy(i => i.Number)!);

    public sealed record Item(int Id, string Key, int Priority, string? Producer, long Number, TimeSpan Deadline);
}
