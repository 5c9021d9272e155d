namespace WorldModelActors.Rollout;

/// <summary>
/// The reference's observation queue: fixed length; while it is not full one item fills every free slot, afterwards each item
/// pushes the oldest out.
/// </summary>
public sealed class ObservationQueue<T>
{
    private readonly T[] _items;
    private int _count;

    /// <param name="length">Number of slots.</param>
    public ObservationQueue(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _items = new T[length];
    }

    /// <summary>A full queue with given items, oldest first.</summary>
    public ObservationQueue(IReadOnlyCollection<T> items)
        : this(items.Count)
    {
        foreach (var item in items)
            _items[_count++] = item;
    }

    /// <summary>Items from the oldest to the newest; empty before the first push.</summary>
    public IReadOnlyList<T> Items => new ArraySegment<T>(_items, 0, _count);

    /// <summary>The newest item.</summary>
    public T Last => _count > 0 ? _items[_count - 1] : throw new InvalidOperationException("the queue is empty");

    /// <summary>Pushes an item.</summary>
    /// <returns>The item that fell out, if one did.</returns>
    public (bool Dropped, T? Item) Push(T item)
    {
        if (_count < _items.Length)
        {
            while (_count < _items.Length)
                _items[_count++] = item;
            return (false, default);
        }
        var oldest = _items[0];
        Array.Copy(_items, 1, _items, 0, _items.Length - 1);
        _items[^1] = item;
        return (true, oldest);
    }
}
