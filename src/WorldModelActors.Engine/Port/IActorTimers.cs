namespace WorldModelActors.Engine;

/// <summary>
/// Keyed timers of one actor, on the clock of its system. Starting a key again replaces the timer that has it; a message of a
/// replaced or cancelled timer is not delivered any more, even if it was in the mailbox already. Timer messages ignore the bound of a
/// mailbox, but at most one message per key is in it: a slow actor misses ticks instead of piling them up.
/// </summary>
public interface IActorTimers<in TMessage>
    where TMessage : notnull
{
    /// <summary>Sends <paramref name="message"/> to the actor once, after <paramref name="delay"/> (zero or more).</summary>
    void StartSingle(object key, TMessage message, TimeSpan delay);

    /// <summary>Sends <paramref name="message"/> after <paramref name="initialDelay"/> (by default one interval) and then every <paramref name="interval"/>.</summary>
    void StartPeriodic(object key, TMessage message, TimeSpan interval, TimeSpan? initialDelay = null);

    /// <summary>Cancels a timer; false if there was none.</summary>
    bool Cancel(object key);

    /// <summary>Cancels all of them.</summary>
    void CancelAll();

    /// <summary>True from the start of a timer until it is cancelled or (single) its message is handled.</summary>
    bool IsActive(object key);
}
