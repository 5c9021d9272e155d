namespace WorldModelActors.Engine.Akka;

/// <summary>Between the port's actors and Akka's own: shard regions, singletons, actors of other nodes.</summary>
public static class AkkaInterop
{
    /// <summary>The Akka system under a system of this engine.</summary>
    /// <exception cref="ArgumentException">It is another engine's.</exception>
    public static Native.ActorSystem ToAkka(this ActorSystem system) => Own(system).Akka;

    /// <summary>Akka's address of an actor of this engine. A message told to it comes without back-pressure.</summary>
    /// <exception cref="ArgumentException">It is another engine's.</exception>
    public static Native.IActorRef ToAkka(this IActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor is IAkkaRef own ? own.NativeRef : throw new ArgumentException($"{actor.Path} is no actor on Akka.NET", nameof(actor));
    }

    /// <summary>
    /// A typed address over one of Akka's, for actors that understand <typeparamref name="TMessage"/>. Telling it never waits: back-pressure over the
    /// wire is the protocol's.
    /// </summary>
    public static IActorRef<TMessage> ToPort<TMessage>(this Native.IActorRef actor, ActorSystem system)
        where TMessage : notnull
    {
        ArgumentNullException.ThrowIfNull(actor);
        return new RemoteRef<TMessage>(Own(system), actor);
    }

    private static AkkaActorSystem Own(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system as AkkaActorSystem ?? throw new ArgumentException($"the system '{system.Name}' is not on Akka.NET", nameof(system));
    }
}
