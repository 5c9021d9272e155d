namespace WorldModelActors.Rollout;

/// <summary>
/// Leave to fill a device's latent store. An episode asks once, before it makes its first handle, for all that it can hold at a time, and
/// gives the credit back when its handles are gone; where there is no room it waits. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The invariant: (1) who waits holds nothing; (2) credits are granted in the order of asking; (3) those granted are together at most the
/// capacity, or there is exactly one. From (1), whoever holds a credit waits for none, so it ends and gives it back; from (2) and (3), the
/// first in line gets its credit then at the latest. So nobody waits for ever, also for more than the capacity.
/// </remarks>
public sealed class LatentCredits
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private int _granted;

    /// <param name="capacity">Bytes to give out.</param>
    public LatentCredits(long capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
    }

    /// <summary>Bytes to give out.</summary>
    public long Capacity { get; }

    /// <summary>Bytes given out.</summary>
    public long Granted { get; private set; }

    /// <summary>Those who wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>Asks for a credit; the task completes when it is granted.</summary>
    /// <param name="bytes">The most that will be held at a time.</param>
    /// <param name="cancellationToken">Withdraws the question.</param>
    public Task<LatentCredit> AskAsync(long bytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter(bytes);
        lock (_lock)
        {
            _waiting.AddLast(waiter);
            Grant();
        }
        if (waiter.Answer.Task.IsCompleted)
            return waiter.Answer.Task;
        // Not under the lock: a token that is cancelled by now calls back at once.
        var withdrawal = cancellationToken.Register(() => Withdraw(waiter, cancellationToken));
        lock (_lock)
            waiter.Withdrawal = withdrawal;
        if (waiter.Answer.Task.IsCompleted)
            withdrawal.Unregister();
        return waiter.Answer.Task;
    }

    internal void Return(LatentCredit credit)
    {
        lock (_lock)
        {
            Granted -= credit.Bytes;
            _granted--;
            Grant();
        }
    }

    private void Grant()
    {
        while (_waiting.First is { Value: var first } && (_granted == 0 || first.Bytes <= Capacity - Granted))
        {
            _waiting.RemoveFirst();
            Granted += first.Bytes;
            _granted++;
            first.Withdrawal.Unregister();
            first.Answer.SetResult(new LatentCredit(this, first.Bytes));
        }
    }

    private void Withdraw(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(waiter))
                return;
            waiter.Answer.SetCanceled(cancellationToken);
            // Whoever stood behind it may fit now.
            Grant();
        }
    }

    private sealed class Waiter(long bytes)
    {
        public long Bytes { get; } = bytes;

        public TaskCompletionSource<LatentCredit> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenRegistration Withdrawal { get; set; }
    }
}

/// <summary>A part of a latent store's bytes; disposing it gives them back.</summary>
public sealed class LatentCredit : IDisposable
{
    private LatentCredits? _from;

    internal LatentCredit(LatentCredits from, long bytes)
    {
        _from = from;
        Bytes = bytes;
    }

    public long Bytes { get; }

    public void Dispose() => Interlocked.Exchange(ref _from, null)?.Return(this);
}
