namespace WorldModelActors.Rollout;

/// <summary>
/// The requests of an episode that were not answered yet, over all its incarnations: each lends handles until its answer is there. Safe for
/// concurrent use, because an answer to a dead episode arrives elsewhere.
/// </summary>
internal sealed class OutstandingRequests
{
    private readonly Lock _lock = new();
    private readonly HashSet<long> _open = [];
    private Action? _whenNone;
    private long _next;

    public int Count
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    /// <summary>A new request.</summary>
    public long Open()
    {
        lock (_lock)
        {
            _open.Add(++_next);
            return _next;
        }
    }

    /// <summary>A request was answered, or never will be.</summary>
    /// <returns>False if it had been answered before.</returns>
    public bool Answered(long request)
    {
        Action? then = null;
        bool first;
        lock (_lock)
        {
            first = _open.Remove(request);
            if (_open.Count == 0)
                (then, _whenNone) = (_whenNone, null);
        }
        then?.Invoke();
        return first;
    }

    /// <summary>Runs <paramref name="then"/> when every request is answered: now, or on the thread that takes the last answer.</summary>
    public void WhenNone(Action then)
    {
        lock (_lock)
        {
            if (_open.Count > 0)
            {
                _whenNone = then;
                return;
            }
        }
        then();
    }
}
