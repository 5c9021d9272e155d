namespace WorldModelActors.Engine;

/// <summary>An exception that left an actor's code, and what supervision made of it.</summary>
public abstract record ActorFailure
{
    private protected ActorFailure(Exception cause, SupervisionDecision decision, int failuresInWindow, TimeSpan restartDelay)
    {
        Cause = cause;
        Decision = decision;
        FailuresInWindow = failuresInWindow;
        RestartDelay = restartDelay;
    }

    /// <summary>The failed actor.</summary>
    public abstract ActorPath Path { get; }

    /// <summary>What was thrown; <see cref="ChildFailedException"/> where a child escalated.</summary>
    public Exception Cause { get; }

    /// <summary>What supervision decided.</summary>
    public SupervisionDecision Decision { get; }

    /// <summary>Failures in the supervision window, this one included.</summary>
    public int FailuresInWindow { get; }

    /// <summary>Wait until the restart; zero for the other decisions.</summary>
    public TimeSpan RestartDelay { get; }

    /// <summary>The message in hand, or null if the failure was not in a handler (start, escalation).</summary>
    public abstract object? UntypedMessage { get; }
}

/// <summary>An <see cref="ActorFailure"/> with the message in hand, so that the actor's owner can send it again.</summary>
public sealed record ActorFailure<TMessage> : ActorFailure
    where TMessage : notnull
{
    /// <summary>Made by engines.</summary>
    public ActorFailure(
        IActorRef<TMessage> actor,
        bool hasMessage,
        TMessage? message,
        Exception cause,
        SupervisionDecision decision,
        int failuresInWindow,
        TimeSpan restartDelay)
        : base(cause, decision, failuresInWindow, restartDelay)
    {
        Actor = actor;
        HasMessage = hasMessage;
        Message = message;
    }

    /// <summary>The failed actor.</summary>
    public IActorRef<TMessage> Actor { get; }

    /// <inheritdoc/>
    public override ActorPath Path => Actor.Path;

    /// <summary>True if a message was in hand.</summary>
    public bool HasMessage { get; }

    /// <summary>The message in hand, if <see cref="HasMessage"/>.</summary>
    public TMessage? Message { get; }

    /// <inheritdoc/>
    public override object? UntypedMessage => HasMessage ? Message : null;
}
