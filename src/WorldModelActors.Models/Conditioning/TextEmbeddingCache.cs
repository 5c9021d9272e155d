namespace WorldModelActors.Models;

/// <summary>
/// Embeddings of the instructions used last. The text tower is frozen and an episode gives it the same two strings in
/// every iteration. Safe for concurrent use; owns its tensors.
/// </summary>
internal sealed class TextEmbeddingCache : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = [];
    private readonly int _capacity;

    public TextEmbeddingCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _capacity = capacity;
    }

    /// <summary>Embeddings held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>
    /// The embedding of <paramref name="text"/>, computed where it is not held. The result is a handle of the caller's own,
    /// which stays valid when the entry is dropped.
    /// </summary>
    public Tensor GetOrAdd(string text, Func<string, Tensor> embed)
    {
        // Held while embedding: two episodes with one instruction must not both run the tower.
        lock (_lock)
        {
            if (_entries.TryGetValue(text, out var node))
            {
                _byAge.Remove(node);
            }
            else
            {
                node = new LinkedListNode<Entry>(new Entry(text, embed(text).DetachFromDisposeScope()));
                _entries.Add(text, node);
                DropOldest();
            }

            _byAge.AddFirst(node);
            return node.Value.Embedding.alias();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var entry in _byAge)
            {
                entry.Embedding.Dispose();
            }

            _byAge.Clear();
            _entries.Clear();
        }
    }

    private void DropOldest()
    {
        if (_byAge.Count < _capacity || _byAge.Last is not { } oldest)
        {
            return;
        }

        _byAge.Remove(oldest);
        _entries.Remove(oldest.Value.Text);
        oldest.Value.Embedding.Dispose();
    }

    private sealed record Entry(string Text, Tensor Embedding);
}
