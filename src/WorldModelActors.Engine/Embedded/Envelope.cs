namespace WorldModelActors.Engine;

/// <summary>One entry of a mailbox.</summary>
/// <param name="Message">The message; without meaning where <paramref name="Guard"/> is an <see cref="AdaptationFault"/>.</param>
/// <param name="Guard">Asked just before delivery, or null for an ordinary message.</param>
internal readonly record struct Envelope<TMessage>(TMessage Message, DeliveryGuard? Guard);
