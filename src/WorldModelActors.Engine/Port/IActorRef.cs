namespace WorldModelActors.Engine;

/// <summary>The address of an actor; stays valid over restarts, and after the actor's end (messages then become dead letters).</summary>
public interface IActorRef
{
    /// <summary>Where the actor stands in its tree.</summary>
    ActorPath Path { get; }
}

/// <summary>
/// The address of an actor that understands <typeparamref name="TMessage"/>. Every member may be called from any thread.
/// Messages of one sender arrive in the order in which they were sent (within a lane, see <see cref="MailboxOptions{TMessage}"/>).
/// </summary>
/// <typeparam name="TMessage">Messages are small immutable values; they must be safe to read from another thread.</typeparam>
public interface IActorRef<in TMessage> : IActorRef
    where TMessage : notnull
{
    /// <summary>Puts the message into the mailbox and returns. To an actor that has stopped it becomes a dead letter.</summary>
    /// <exception cref="MailboxFullException">The mailbox is bounded and full: wait with <see cref="TellAsync"/> instead.</exception>
    void Tell(TMessage message);

    /// <summary>
    /// Puts the message into the mailbox, waiting for space where the mailbox is bounded and full: back-pressure. Await it before
    /// sending the next message. An actor that waits in its own handler passes <see cref="IActorContext{TMessage}.Stopping"/>, so
    /// that a slow receiver cannot hold up its stop.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled before there was space; the message was not sent.</exception>
    ValueTask TellAsync(TMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a message that carries a one-time reply address and waits for the reply. In a bounded mailbox the wait for space
    /// counts into <paramref name="timeout"/>.
    /// </summary>
    /// <param name="message">Makes the message; its argument is the address to which the reply must be sent.</param>
    /// <param name="timeout">Longest wait on the system's clock; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="cancellationToken">Gives up waiting; a reply that comes later is a dead letter.</param>
    /// <exception cref="AskTimeoutException">No reply in time; names actor and message type.</exception>
    /// <exception cref="AskTargetStoppedException">The actor has stopped, or stopped before it replied.</exception>
    Task<TReply> Ask<TReply>(
        Func<IActorRef<TReply>, TMessage> message, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : notnull;
}
