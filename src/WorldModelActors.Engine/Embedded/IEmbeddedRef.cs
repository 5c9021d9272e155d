namespace WorldModelActors.Engine;

/// <summary>An address that this engine made.</summary>
internal interface IEmbeddedRef : IActorRef
{
    /// <summary>The actor behind it, or null for a one-time reply address.</summary>
    ActorCell? Cell { get; }
}

/// <summary>An address that this engine made.</summary>
internal interface IEmbeddedRef<in TMessage> : IEmbeddedRef, IActorRef<TMessage>
    where TMessage : notnull
{
    /// <summary>As <see cref="IActorRef{TMessage}.TellAsync"/>; false if the actor has stopped and the message is a dead letter.</summary>
    ValueTask<bool> PostAsync(TMessage message, CancellationToken cancellationToken);
}
