namespace WorldModelActors.Engine.Akka;

/// <summary>The timers of one actor. Used by the actor alone, except for the clock's callback.</summary>
internal sealed class TimerSet<TMessage>(AkkaCell<TMessage> cell) : IActorTimers<TMessage>
    where TMessage : notnull
{
    private readonly Dictionary<object, Entry> _timers = [];

    private AkkaCell<TMessage> Cell => cell;

    public void StartSingle(object key, TMessage message, TimeSpan delay)
    {
        var entry = Add(key, message, delay, single: true);
        entry.Timer = cell.OwningSystem.Clock.StartSingle(delay, entry.Ring);
    }

    public void StartPeriodic(object key, TMessage message, TimeSpan interval, TimeSpan? initialDelay = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        var entry = Add(key, message, initialDelay ?? interval, single: false);
        entry.Timer = cell.OwningSystem.Clock.StartPeriodic(initialDelay ?? interval, interval, entry.Ring);
    }

    public bool Cancel(object key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!_timers.Remove(key, out var entry))
        {
            return false;
        }

        entry.Cancel();
        return true;
    }

    public void CancelAll()
    {
        foreach (var entry in _timers.Values)
        {
            entry.Cancel();
        }

        _timers.Clear();
    }

    public bool IsActive(object key) => _timers.ContainsKey(key);

    private Entry Add(object key, TMessage message, TimeSpan delay, bool single)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Cancel(key);
        var entry = new Entry(this, key, message, single);
        _timers.Add(key, entry);
        return entry;
    }

    private sealed class Entry(TimerSet<TMessage> owner, object key, TMessage message, bool single) : DeliveryGuard
    {
        private bool _cancelled;
        private int _inMailbox;

        public IDisposable? Timer { get; set; }

        public void Cancel()
        {
            _cancelled = true;
            Timer?.Dispose();
        }

        public override bool Claim()
        {
            Volatile.Write(ref _inMailbox, 0);
            if (_cancelled)
            {
                return false;
            }

            if (single)
            {
                owner.Cancel(key);
            }

            return true;
        }

        /// <summary>At most one message of a timer is in the mailbox.</summary>
        public void Ring()
        {
            if (Interlocked.Exchange(ref _inMailbox, 1) == 0)
            {
                owner.Cell.PostUnbounded(message, this);
            }
        }
    }
}
