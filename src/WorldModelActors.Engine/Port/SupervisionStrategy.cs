namespace WorldModelActors.Engine;

/// <summary>What to do with a failed actor.</summary>
public enum SupervisionDecision
{
    /// <summary>Replace the instance after a back-off; the mailbox is kept, the message in hand is not handled again.</summary>
    Restart,

    /// <summary>End the actor.</summary>
    Stop,

    /// <summary>End the actor, and the parent fails with the cause; above the topmost actor the system ends.</summary>
    Escalate,
}

/// <summary>
/// What happens when a child fails, chosen for each child where it is spawned. Restarts back off exponentially: the n-th failure
/// within <see cref="Window"/> waits <c>min(MaxBackoff, MinBackoff * 2^(n-1))</c>; one more than <see cref="MaxRestarts"/> of them within the window
/// is decided by <see cref="WhenExhausted"/>.
/// </summary>
public sealed record SupervisionStrategy
{
    private SupervisionStrategy()
    {
    }

    /// <summary>Every failure ends the actor and becomes its parent's.</summary>
    public static SupervisionStrategy Escalate { get; } = new() { Decide = _ => SupervisionDecision.Escalate };

    /// <summary>Every failure ends the actor; whoever watches it learns the cause.</summary>
    public static SupervisionStrategy Stop { get; } = new() { Decide = _ => SupervisionDecision.Stop };

    /// <summary>Decision for an exception; refine it with <c>with { Decide = … }</c>.</summary>
    public required Func<Exception, SupervisionDecision> Decide { get; init; }

    /// <summary>Wait before the first restart in a window.</summary>
    public TimeSpan MinBackoff { get; private init; }

    /// <summary>Longest wait before a restart.</summary>
    public TimeSpan MaxBackoff { get; private init; }

    /// <summary>Restarts that a window allows.</summary>
    public int MaxRestarts { get; private init; }

    /// <summary>How long a failure counts; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</summary>
    public TimeSpan Window { get; private init; }

    /// <summary>The decision when a window has no restart left: stop or escalate.</summary>
    public SupervisionDecision WhenExhausted { get; private init; } = SupervisionDecision.Escalate;

    /// <summary>Every failure restarts the actor, with exponential back-off and a limit.</summary>
    /// <param name="minBackoff">First wait, zero or more.</param>
    /// <param name="maxBackoff">Longest wait, at least <paramref name="minBackoff"/>.</param>
    /// <param name="maxRestarts">Restarts allowed within <paramref name="window"/>.</param>
    /// <param name="window">How long a failure counts; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="whenExhausted">Stop or escalate.</param>
    public static SupervisionStrategy Restart(
        TimeSpan minBackoff,
        TimeSpan maxBackoff,
        int maxRestarts,
        TimeSpan window,
        SupervisionDecision whenExhausted = SupervisionDecision.Escalate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBackoff, minBackoff);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRestarts);
        if (window <= TimeSpan.Zero && window != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(window), window, "a failure must count for some time");
        }

        if (whenExhausted == SupervisionDecision.Restart)
        {
            throw new ArgumentException("when no restart is left the actor can only stop or escalate", nameof(whenExhausted));
        }

        return new SupervisionStrategy
        {
            Decide = _ => SupervisionDecision.Restart,
            MinBackoff = minBackoff,
            MaxBackoff = maxBackoff,
            MaxRestarts = maxRestarts,
            Window = window,
            WhenExhausted = whenExhausted,
        };
    }

    /// <summary>Wait before the restart that answers the <paramref name="failure"/>-th failure in a window (1, 2, …).</summary>
    public TimeSpan BackoffFor(int failure)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failure, 1);
        var backoff = MinBackoff;
        for (var i = 1; i < failure && backoff < MaxBackoff && backoff > TimeSpan.Zero; i++)
        {
            backoff = backoff > MaxBackoff / 2 ? MaxBackoff : backoff * 2;
        }

        return backoff;
    }
}
