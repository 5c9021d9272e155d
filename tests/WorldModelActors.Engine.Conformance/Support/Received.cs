using System.Threading.Channels;

namespace WorldModelActors.Engine.Conformance;

/// <summary>What actors hand to a test, in order. Waiting is bounded by a generous limit that only a hanging engine reaches.</summary>
public sealed class Received<T>
{
    private readonly Channel<T> _items = Channel.CreateUnbounded<T>();

    /// <summary>Called by actors.</summary>
    public void Add(T item) => _items.Writer.TryWrite(item);

    /// <summary>The next item.</summary>
    public async Task<T> NextAsync()
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        try
        {
            return await _items.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no {typeof(T).Name} within {Patience.Limit.TotalSeconds} s");
        }
    }

    /// <summary>The next <paramref name="count"/> items.</summary>
    public async Task<T[]> NextAsync(int count)
    {
        var items = new T[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = await NextAsync();
        }

        return items;
    }

    /// <summary>The next item for which <paramref name="match"/> holds; earlier ones are dropped.</summary>
    public async Task<T> NextAsync(Func<T, bool> match)
    {
        while (true)
        {
            var item = await NextAsync();
            if (match(item))
            {
                return item;
            }
        }
    }

    /// <summary>What is there now, without waiting.</summary>
    public T[] TakeAll()
    {
        var items = new List<T>();
        while (_items.Reader.TryRead(out var item))
        {
            items.Add(item);
        }

        return [.. items];
    }
}

/// <summary>How long a test waits for something that must happen.</summary>
public static class Patience
{
    /// <summary>Real time after which a test is given up.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Awaits within the limit.</summary>
    public static Task Within(this Task task) => task.WaitAsync(Limit);

    /// <summary>Awaits within the limit.</summary>
    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Limit);
}
