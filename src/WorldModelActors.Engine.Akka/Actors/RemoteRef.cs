using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>An address that leads out of this process, or to an actor beside the port.</summary>
internal interface IRemoteRef : IAkkaRef
{
    /// <summary>The system in which it is used.</summary>
    AkkaActorSystem System { get; }
}

/// <summary>A typed address over any of Akka's: remote actors, shard regions, actors beside the port.</summary>
internal sealed class RemoteRef<TMessage>(AkkaActorSystem system, Native.IActorRef native) : IAkkaRef<TMessage>, IRemoteRef
    where TMessage : notnull
{
    public ActorPath Path { get; } = AkkaActorSystem.PortPathOf(native);

    public AkkaCell? Cell => null;

    public AkkaActorSystem System => system;

    public Native.IActorRef NativeRef => native;

    public void Tell(TMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        native.Tell(message, ActorRefs.NoSender);
    }

    public ValueTask TellAsync(TMessage message, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Tell(message);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> PostAsync(TMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Tell(message);
        return ValueTask.FromResult(true);
    }

    public Task<TReply> Ask<TReply>(
        Func<IActorRef<TReply>, TMessage> message, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : notnull => Asking.AskAsync(system, this, message, timeout, cancellationToken);
}
