namespace WorldModelActors.Engine;

/// <summary>One actor's interest in the end of another.</summary>
internal sealed class Watch<TMessage>(Mailbox<TMessage> mailbox, IActorRef watched, Func<Terminated, TMessage> onTerminated)
    : DeliveryGuard, ITerminationWatcher
    where TMessage : notnull
{
    private bool _cancelled;

    /// <summary>Called by the watching actor.</summary>
    public void Cancel() => _cancelled = true;

    public override bool Claim() => !_cancelled;

    public void OnTerminated(ActorCell actor, Exception? cause)
    {
        var terminated = new Terminated(watched, cause);
        try
        {
            mailbox.PostUnbounded(onTerminated(terminated), this);
        }
        catch (Exception adaptation)
        {
            mailbox.PostFault(terminated, adaptation);
        }
    }
}
