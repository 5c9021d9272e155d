namespace WorldModelActors.Engine;

/// <summary>The timers of one actor. Used by the actor alone, except for the clock's callback.</summary>
internal sealed class TimerSet<TMessage>(IInbox<TMessage> inbox, TimeProvider time) : IActorTimers<TMessage>
    where TMessage : notnull
{
    private readonly Dictionary<object, Entry> _timers = [];

    private IInbox<TMessage> Inbox => inbox;

    private TimeProvider Time => time;

    public void StartSingle(object key, TMessage message, TimeSpan delay) => Start(key, message, delay, Timeout.InfiniteTimeSpan);

    public void StartPeriodic(object key, TMessage message, TimeSpan interval, TimeSpan? initialDelay = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        Start(key, message, initialDelay ?? interval, interval);
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

    private void Start(object key, TMessage message, TimeSpan delay, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Cancel(key);
        var entry = new Entry(this, key, message, period == Timeout.InfiniteTimeSpan);
        _timers.Add(key, entry);
        entry.Arm(delay, period);
    }

    private sealed class Entry(TimerSet<TMessage> owner, object key, TMessage message, bool single) : DeliveryGuard
    {
        private ITimer? _timer;
        private bool _cancelled;
        private int _inMailbox;

        public void Arm(TimeSpan delay, TimeSpan period) =>
            _timer = owner.Time.CreateTimer(static entry => ((Entry)entry!).Ring(), this, delay, period);

        public void Cancel()
        {
            _cancelled = true;
            _timer?.Dispose();
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
        private void Ring()
        {
            if (Interlocked.Exchange(ref _inMailbox, 1) == 0)
            {
                owner.Inbox.PostUnbounded(message, this);
            }
        }
    }
}
