namespace WorldModelActors.Engine;

/// <summary>One actor's interest in the end of another.</summary>
/// <param name="owner">The watching actor.</param>
/// <param name="watched">Whose end it is about, as it was named.</param>
/// <param name="onTerminated">Makes the message.</param>
/// <param name="onDelivered">
/// Called in the watching actor when the message is delivered: the watch is over and must not keep the ended actor alive.
/// </param>
internal sealed class Watch<TMessage>(
    IInbox<TMessage> owner, IActorRef watched, Func<Terminated, TMessage> onTerminated, Action onDelivered)
    : DeliveryGuard, IEndObserver
    where TMessage : notnull
{
    private bool _cancelled;

    /// <summary>Called by the watching actor.</summary>
    public void Cancel() => _cancelled = true;

    public override bool Claim()
    {
        if (_cancelled)
        {
            return false;
        }

        onDelivered();
        return true;
    }

    public void OnEnded(Exception? cause)
    {
        var terminated = new Terminated(watched, cause);
        try
        {
            owner.PostUnbounded(onTerminated(terminated), this);
        }
        catch (Exception adaptation)
        {
            owner.PostFault(terminated, adaptation);
        }
    }
}
