namespace WorldModelActors.Engine;

/// <summary>What an engine itself puts into an actor's mailbox: timers, ends of others, results of tasks. No bound holds for them.</summary>
internal interface IInbox<TMessage>
    where TMessage : notnull
{
    /// <summary>Puts a message in, whatever the bound; a closed mailbox makes a dead letter of it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="guard">Asked just before delivery; null: it is wanted.</param>
    void PostUnbounded(TMessage message, DeliveryGuard? guard = null);

    /// <summary>Lets the actor fail when it comes to this place: a message could not be made.</summary>
    void PostFault(object original, Exception cause);
}
