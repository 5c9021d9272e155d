namespace WorldModelActors.Engine;

/// <summary>One entry of a mailbox.</summary>
/// <param name="Message">The message; without meaning where <paramref name="Guard"/> is an <see cref="AdaptationFault"/>.</param>
/// <param name="Guard">Asked just before delivery, or null for an ordinary message.</param>
internal readonly record struct Envelope<TMessage>(TMessage Message, DeliveryGuard? Guard);

/// <summary>Decides in the receiving actor, just before delivery, whether a message is still wanted.</summary>
internal abstract class DeliveryGuard
{
    /// <summary>False: drop the message. May throw: the receiving actor fails.</summary>
    public abstract bool Claim();
}

/// <summary>Stands for a message that could not be made or sorted; the receiver fails when it takes it.</summary>
internal sealed class AdaptationFault(ActorPath receiver, object original, Exception cause) : DeliveryGuard
{
    public object Original { get; } = original;

    public override bool Claim() => throw new MessageAdaptationException(receiver, Original, cause);
}
