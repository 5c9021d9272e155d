namespace WorldModelActors.Engine;

/// <summary>A tree of actors with a clock and observers. Members may be called from any thread.</summary>
public abstract class ActorSystem : IAsyncDisposable
{
    /// <summary>Name for logs.</summary>
    public abstract string Name { get; }

    /// <summary>The clock of timers, back-off and time-outs.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Actors that have started and not ended.</summary>
    public abstract int LiveActors { get; }

    /// <summary>
    /// Completes when every actor has ended and nothing of the system runs any more; faults with
    /// <see cref="ActorSystemFailedException"/> if a failure that passed the topmost actor was the reason.
    /// </summary>
    public abstract Task WhenTerminated { get; }

    /// <summary>Starts an actor at the top of the tree: its path is <c>/name</c>.</summary>
    /// <exception cref="ActorNameTakenException">A topmost actor of that name is alive.</exception>
    /// <exception cref="ActorStoppingException">The system is stopping.</exception>
    public abstract IActorRef<TMessage> Spawn<TMessage>(ActorProps<TMessage> props, string? name = null)
        where TMessage : notnull;

    /// <summary>Stops an actor; completes when it and everything below it has ended. Never await it inside that actor.</summary>
    public abstract Task StopAsync(IActorRef actor, StopMode mode = StopMode.AfterCurrentMessage);

    /// <summary>
    /// Stops the tree, children before parents; completes when nothing runs any more, also after a failure (which is in
    /// <see cref="WhenTerminated"/>). Never await it inside an actor. Calling it again is harmless; AfterCurrentMessage overrules an earlier Drain.
    /// </summary>
    public abstract Task StopAsync(StopMode mode = StopMode.AfterCurrentMessage);

    /// <summary>Adds an observer until the result is disposed.</summary>
    public abstract IDisposable Subscribe(IEngineEvents observer);

    /// <summary>Stops the tree.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
