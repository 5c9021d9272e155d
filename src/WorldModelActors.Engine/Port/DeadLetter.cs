namespace WorldModelActors.Engine;

/// <summary>Why a message was not handled.</summary>
public enum DeadLetterReason
{
    /// <summary>Sent to an actor that had stopped or been asked to stop.</summary>
    RecipientStopped,

    /// <summary>It waited in the mailbox when the actor ended.</summary>
    LeftInMailbox,

    /// <summary>The actor was asked to stop while it handled the message, and broke off.</summary>
    Interrupted,

    /// <summary>A reply that nobody waits for: a second one, or one after the time-out.</summary>
    ReplyUnexpected,
}

/// <summary>A message that no handler finished.</summary>
/// <param name="Recipient">To whom it was sent.</param>
/// <param name="Message">The message.</param>
/// <param name="Reason">Why it was not handled.</param>
public sealed record DeadLetter(ActorPath Recipient, object Message, DeadLetterReason Reason);
