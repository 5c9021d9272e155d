namespace WorldModelActors.Engine;

/// <summary>How to make an actor and how to run it.</summary>
/// <param name="Factory">Makes a fresh instance for the start and for each restart; runs on the actor's own thread.</param>
public sealed record ActorProps<TMessage>(Func<Actor<TMessage>> Factory)
    where TMessage : notnull
{
    /// <summary>What happens when the actor fails. By default the failure becomes the parent's: nothing fails in silence.</summary>
    public SupervisionStrategy Supervision { get; init; } = SupervisionStrategy.Escalate;

    /// <summary>Bound and lanes of the mailbox. By default unbounded, one lane.</summary>
    public MailboxOptions<TMessage> Mailbox { get; init; } = MailboxOptions<TMessage>.Unbounded;

    /// <summary>Where the handlers run. By default on the thread pool.</summary>
    public ActorThread Thread { get; init; } = ActorThread.Pool;

    /// <summary>
    /// Called for every failure, on the actor's own thread, with the message in hand, before the actor restarts or stops: here the
    /// owner learns what to retry. It should only send messages; an exception that it throws is added to the cause and turns the decision
    /// into <see cref="SupervisionDecision.Escalate"/>.
    /// </summary>
    public Action<ActorFailure<TMessage>>? OnFailure { get; init; }
}

/// <summary>Short forms for <see cref="ActorProps{TMessage}"/>.</summary>
public static class ActorProps
{
    /// <summary>Properties with defaults; adjust them with <c>with { … }</c>.</summary>
    public static ActorProps<TMessage> Create<TMessage>(Func<Actor<TMessage>> factory)
        where TMessage : notnull => new(factory);

    /// <summary>An actor without state of its own: <paramref name="receive"/> handles every message.</summary>
    public static ActorProps<TMessage> FromHandler<TMessage>(Func<TMessage, IActorContext<TMessage>, ValueTask> receive)
        where TMessage : notnull => new(() => new HandlerActor<TMessage>(receive));

    private sealed class HandlerActor<TMessage>(Func<TMessage, IActorContext<TMessage>, ValueTask> receive) : Actor<TMessage>
        where TMessage : notnull
    {
        public override ValueTask ReceiveAsync(TMessage message, IActorContext<TMessage> context) => receive(message, context);
    }
}
