namespace WorldModelActors.Engine.Akka;

/// <summary>An address that this engine made.</summary>
internal interface IAkkaRef : IActorRef
{
    /// <summary>The actor behind it, or null for one of another process or a one-time reply address.</summary>
    AkkaCell? Cell { get; }

    /// <summary>Akka's own address.</summary>
    Native.IActorRef NativeRef { get; }
}

/// <summary>An address that this engine made.</summary>
internal interface IAkkaRef<in TMessage> : IAkkaRef, IActorRef<TMessage>
    where TMessage : notnull
{
    /// <summary>As <see cref="IActorRef{TMessage}.TellAsync"/>; false if the actor has stopped and the message is a dead letter.</summary>
    ValueTask<bool> PostAsync(TMessage message, CancellationToken cancellationToken);
}
