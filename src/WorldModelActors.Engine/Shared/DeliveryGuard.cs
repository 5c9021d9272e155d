namespace WorldModelActors.Engine;

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
