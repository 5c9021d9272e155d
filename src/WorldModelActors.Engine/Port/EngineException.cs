namespace WorldModelActors.Engine;

/// <summary>Base of the errors that an engine itself raises.</summary>
public class EngineException : Exception
{
    public EngineException(string message)
        : base(message)
    {
    }

    public EngineException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A bounded mailbox had no space for a <see cref="IActorRef{TMessage}.Tell"/>; the message was not sent.</summary>
public sealed class MailboxFullException(ActorPath actor, int capacity)
    : EngineException($"mailbox of {actor} is full ({capacity} messages): wait for space with TellAsync")
{
    /// <summary>The actor whose mailbox is full.</summary>
    public ActorPath Actor { get; } = actor;

    /// <summary>Messages that the lane holds.</summary>
    public int Capacity { get; } = capacity;
}

/// <summary>A child of the same name is alive.</summary>
public sealed class ActorNameTakenException(ActorPath actor)
    : EngineException($"{actor} exists already: wait for its end or choose another name");

/// <summary>The parent, or the whole system, is ending and takes no new actor.</summary>
public sealed class ActorStoppingException(ActorPath actor)
    : EngineException($"{actor} is stopping and cannot spawn actors");

/// <summary>An ask got no answer.</summary>
public abstract class AskException(ActorPath actor, Type messageType, string message, Exception? innerException)
    : EngineException(message, innerException)
{
    /// <summary>Who was asked.</summary>
    public ActorPath Actor { get; } = actor;

    /// <summary>What it was asked with.</summary>
    public Type MessageType { get; } = messageType;
}

/// <summary>An ask got no answer in time.</summary>
public sealed class AskTimeoutException(ActorPath actor, Type messageType, TimeSpan timeout)
    : AskException(
        actor,
        messageType,
        FormattableString.Invariant($"{actor} did not answer {messageType.Name} within {timeout.TotalSeconds:0.###} s"),
        null)
{
    /// <summary>How long the caller waited.</summary>
    public TimeSpan Timeout { get; } = timeout;
}

/// <summary>The asked actor ended without an answer.</summary>
public sealed class AskTargetStoppedException(ActorPath actor, Type messageType, Exception? cause)
    : AskException(actor, messageType, $"{actor} stopped before it answered {messageType.Name}", cause);

/// <summary>An adapter or a lane selector threw for a message; the failure is the receiver's.</summary>
public sealed class MessageAdaptationException(ActorPath actor, object original, Exception cause)
    : EngineException($"{actor} could not take a {original.GetType().Name}: {cause.Message}", cause)
{
    /// <summary>What was sent.</summary>
    public object Original { get; } = original;
}

/// <summary>A child failed and its supervision escalated.</summary>
public sealed class ChildFailedException(ActorPath child, Exception cause)
    : EngineException($"{child} failed: {cause.Message}", cause)
{
    /// <summary>The child.</summary>
    public ActorPath Child { get; } = child;
}

/// <summary>A failure passed the topmost actor and ended the system.</summary>
public sealed class ActorSystemFailedException(ActorPath actor, Exception cause)
    : EngineException($"the actor system ended because {actor} failed: {cause.Message}", cause)
{
    /// <summary>The topmost actor under which it happened.</summary>
    public ActorPath Actor { get; } = actor;
}
