namespace WorldModelActors.Engine;

/// <summary>
/// What an actor can do besides computing. Except for <see cref="Self"/>, <see cref="System"/> and <see cref="Stopping"/>, members are
/// for the actor's own handlers only, never for other threads.
/// </summary>
public interface IActorContext<TMessage>
    where TMessage : notnull
{
    /// <summary>The actor's own address; stays the same over restarts.</summary>
    IActorRef<TMessage> Self { get; }

    /// <summary>The system in which the actor lives.</summary>
    ActorSystem System { get; }

    /// <summary>Cancelled when the actor is asked to stop after the current message (not when it is asked to drain).</summary>
    CancellationToken Stopping { get; }

    /// <summary>Messages to oneself, later. All are cancelled when the actor restarts or stops.</summary>
    IActorTimers<TMessage> Timers { get; }

    /// <summary>The children that have not ended.</summary>
    IReadOnlyList<IActorRef> Children { get; }

    /// <summary>Starts a child. Its end never outlives the parent: children are stopped when the parent stops or restarts.</summary>
    /// <param name="props">What to run, and how to supervise it.</param>
    /// <param name="name">Its name under this actor's path; null for a generated one.</param>
    /// <exception cref="ActorNameTakenException">A child of that name is alive.</exception>
    IActorRef<TChild> Spawn<TChild>(ActorProps<TChild> props, string? name = null)
        where TChild : notnull;

    /// <summary>Asks an actor to stop; returns at once. To learn of its end, watch it or await <see cref="ActorSystem.StopAsync(IActorRef, StopMode)"/>.</summary>
    void Stop(IActorRef actor, StopMode mode = StopMode.AfterCurrentMessage);

    /// <summary>Asks this actor to stop when the current message is done.</summary>
    void StopSelf(StopMode mode = StopMode.AfterCurrentMessage);

    /// <summary>
    /// Delivers <paramref name="onTerminated"/>'s message once when the actor ends, after everything that it sent here before; at once if it
    /// has ended already. A second watch of the same actor replaces the first. Watches end when this actor restarts.
    /// </summary>
    /// <param name="actor">Any actor of this system.</param>
    /// <param name="onTerminated">Makes the message; must be pure, it may run on another thread.</param>
    void Watch(IActorRef actor, Func<Terminated, TMessage> onTerminated);

    /// <summary>Ends a watch; its message is not delivered any more, even if it was in the mailbox already.</summary>
    void Unwatch(IActorRef actor);

    /// <summary>
    /// An address for actors that speak <typeparamref name="TOther"/> (replies, notifications): what is sent there arrives here as
    /// <paramref name="adapt"/>'s message, under this mailbox's rules. It stays valid over restarts.
    /// </summary>
    /// <param name="adapt">Makes the message; must be pure, it may run on another thread. If it throws, this actor fails with
    /// <see cref="MessageAdaptationException"/>.</param>
    IActorRef<TOther> Adapt<TOther>(Func<TOther, TMessage> adapt)
        where TOther : notnull;

    /// <summary>Sends a task's outcome to this actor when it is there; the handler does not wait.</summary>
    /// <param name="task">Work that runs outside the actor.</param>
    /// <param name="onSuccess">Makes the message from the result; must be pure.</param>
    /// <param name="onFailure">Makes the message from the exception (also of a cancelled task); must be pure.</param>
    void PipeToSelf<TResult>(Task<TResult> task, Func<TResult, TMessage> onSuccess, Func<Exception, TMessage> onFailure);
}
