namespace WorldModelActors.Engine.Akka;

/// <summary>An address that turns messages into those of the actor behind it.</summary>
internal sealed class AdapterRef<TOther, TMessage>(AkkaCell<TMessage> owner, Func<TOther, TMessage> adapt) : IAkkaRef<TOther>
    where TOther : notnull
    where TMessage : notnull
{
    public ActorPath Path => owner.Path;

    public AkkaCell Cell => owner;

    public Native.IActorRef NativeRef => owner.NativeRef;

    public void Tell(TOther message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (TryAdapt(message, out var adapted))
        {
            owner.Tell(adapted);
        }
    }

    public ValueTask TellAsync(TOther message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return TryAdapt(message, out var adapted) ? owner.TellAsync(adapted, cancellationToken) : ValueTask.CompletedTask;
    }

    public ValueTask<bool> PostAsync(TOther message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return TryAdapt(message, out var adapted) ? owner.PostAsync(adapted, cancellationToken) : ValueTask.FromResult(true);
    }

    public Task<TReply> Ask<TReply>(
        Func<IActorRef<TReply>, TOther> message, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : notnull => Asking.AskAsync(owner.OwningSystem, this, message, timeout, cancellationToken);

    private bool TryAdapt(TOther message, out TMessage adapted)
    {
        try
        {
            adapted = adapt(message);
            ArgumentNullException.ThrowIfNull(adapted);
            return true;
        }
        catch (Exception cause)
        {
            owner.PostFault(message, cause);
            adapted = default!;
            return false;
        }
    }
}
