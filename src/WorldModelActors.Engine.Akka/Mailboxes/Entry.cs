using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>One message on its way to an actor. Never leaves the process: what comes by remoting is the bare message.</summary>
internal abstract class Entry : INoSerializationVerificationNeeded
{
    /// <summary>To whom it goes.</summary>
    public required AkkaCell Recipient { get; init; }

    /// <summary>Its lane; 0 is served first.</summary>
    public required int Lane { get; init; }

    /// <summary>True while it takes one of the places of a bounded lane.</summary>
    public bool HoldsPlace { get; set; }

    /// <summary>Reports that it will not be handled.</summary>
    public abstract void Bury(DeadLetterReason reason);
}

/// <summary>One message on its way to an actor of <typeparamref name="TMessage"/>.</summary>
internal sealed class Entry<TMessage> : Entry
    where TMessage : notnull
{
    /// <summary>The message; without meaning where <see cref="Guard"/> is an <see cref="AdaptationFault"/>.</summary>
    public required TMessage Message { get; init; }

    /// <summary>Asked just before delivery, or null for an ordinary message.</summary>
    public DeliveryGuard? Guard { get; init; }

    public override void Bury(DeadLetterReason reason)
    {
        switch (Guard)
        {
            case null:
                Recipient.OwningSystem.Events.DeadLetter(Recipient.Path, Message, reason);
                break;
            case AdaptationFault fault:
                Recipient.OwningSystem.Events.DeadLetter(Recipient.Path, fault.Original, reason);
                break;
            default:
                // Timers and watches end with their actor: nobody loses what nobody sent.
                break;
        }
    }
}
