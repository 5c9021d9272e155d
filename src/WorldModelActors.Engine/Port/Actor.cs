namespace WorldModelActors.Engine;

/// <summary>
/// Behaviour and state of one actor. The engine makes an instance from <see cref="ActorProps{TMessage}.Factory"/>, runs
/// its methods strictly one after the other, and after a failure replaces it by a new instance if its supervision says so:
/// <c>constructor, PreStart, Receive*, (PreRestart, constructor, PreStart, Receive*)*, PostStop</c>.
/// </summary>
public abstract class Actor<TMessage>
    where TMessage : notnull
{
    /// <summary>
    /// Handles one message; the next one is taken when the returned task has completed. An exception that leaves it is
    /// the actor's failure and goes to supervision together with <paramref name="message"/>. An
    /// <see cref="OperationCanceledException"/> thrown after <see cref="IActorContext{TMessage}.Stopping"/> was cancelled is an
    /// interrupted message, not a failure: it is reported as a dead letter.
    /// </summary>
    /// <remarks>Do not use <c>ConfigureAwait(false)</c> in an actor with a dedicated thread: it leaves the thread.</remarks>
    public abstract ValueTask ReceiveAsync(TMessage message, IActorContext<TMessage> context);

    /// <summary>Runs before the first message of this instance. Watches, timers and children of an earlier instance are gone.</summary>
    public virtual ValueTask PreStartAsync(IActorContext<TMessage> context) => ValueTask.CompletedTask;

    /// <summary>
    /// Runs on the failed instance before it is replaced; releases what it holds. By default <see cref="PostStopAsync"/>.
    /// </summary>
    /// <param name="failure">What happened, with the message in hand (if there was one).</param>
    /// <param name="context">The actor's context.</param>
    public virtual ValueTask PreRestartAsync(ActorFailure<TMessage> failure, IActorContext<TMessage> context) => PostStopAsync(context);

    /// <summary>
    /// Runs once when the actor ends, after its children have ended. It also runs when <see cref="PreStartAsync"/> failed, so it must
    /// cope with a half-started instance.
    /// </summary>
    public virtual ValueTask PostStopAsync(IActorContext<TMessage> context) => ValueTask.CompletedTask;
}
