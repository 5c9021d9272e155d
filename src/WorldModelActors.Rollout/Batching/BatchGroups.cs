namespace WorldModelActors.Rollout;

/// <summary>The items of one priority that wait, by group, each group in order of arrival; and which group had the last turns.</summary>
internal sealed class BatchGroups<TKey, TItem>
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedList<WaitingItem<TItem>>> _groups = [];
    private TKey? _last;
    private int _inARow;

    /// <summary>Groups that have items.</summary>
    public IReadOnlyDictionary<TKey, LinkedList<WaitingItem<TItem>>> Groups => _groups;

    /// <summary>Adds an item that came after all others.</summary>
    public void Add(TKey key, WaitingItem<TItem> item) => Group(key).AddLast(item);

    /// <summary>Adds an item in order of arrival; nearly always that is the front.</summary>
    public void Insert(TKey key, WaitingItem<TItem> item)
    {
        var items = Group(key);
        var node = items.First;
        while (node is not null && node.Value.Number < item.Number)
            node = node.Next;
        if (node is null)
            items.AddLast(item);
        else
            items.AddBefore(node, item);
    }

    /// <summary>Takes the oldest items of a group.</summary>
    public List<WaitingItem<TItem>> Take(TKey key, int size)
    {
        _inARow = _inARow > 0 && Equals(key, _last) ? _inARow + 1 : 1;
        _last = key;
        var items = _groups[key];
        var taken = new List<WaitingItem<TItem>>(size);
        for (; taken.Count < size; items.RemoveFirst())
            taken.Add(items.First!.Value);
        if (items.Count == 0)
            _groups.Remove(key);
        return taken;
    }

    /// <summary>True for the group of the last batches, when there were so many.</summary>
    public bool IsTired(TKey key, int maxConsecutive) => _inARow >= maxConsecutive && Equals(key, _last);

    /// <summary>Takes items out.</summary>
    public List<WaitingItem<TItem>> RemoveAll(Predicate<TItem> match)
    {
        List<WaitingItem<TItem>> removed = [];
        foreach (var (key, items) in _groups.ToList())
        {
            for (var node = items.First; node is not null;)
            {
                var (current, next) = (node, node.Next);
                node = next;
                if (!match(current.Value.Item))
                    continue;
                removed.Add(current.Value);
                items.Remove(current);
            }
            if (items.Count == 0)
                _groups.Remove(key);
        }
        return removed;
    }

    private LinkedList<WaitingItem<TItem>> Group(TKey key)
    {
        if (!_groups.TryGetValue(key, out var items))
            _groups.Add(key, items = new LinkedList<WaitingItem<TItem>>());
        return items;
    }
}
