using System.Collections.Concurrent;
using Akka.Actor;

namespace WorldModelActors.Engine.Akka;

/// <summary>What an Akka system knows of the port: the queues of actors whose mailboxes Akka has still to make.</summary>
internal sealed class PortExtension : IExtension
{
    private readonly ConcurrentDictionary<string, LaneQueue> _queues = new(StringComparer.Ordinal);

    public static PortExtension Of(Native.ActorSystem system) =>
        (PortExtension)system.RegisterExtension(Provider.Instance);

    /// <summary>Before the actor is made.</summary>
    public void OfferQueue(string path, LaneQueue queue) => _queues[path] = queue;

    /// <summary>If the actor was not made.</summary>
    public void WithdrawQueue(string path) => _queues.TryRemove(path, out _);

    public LaneQueue TakeQueue(Native.ActorPath path) =>
        _queues.TryRemove(path.ToStringWithoutAddress(), out var queue)
            ? queue
            : throw new InvalidOperationException($"{path} is no actor of the port: its mailbox type is the port's own");

    private sealed class Provider : ExtensionIdProvider<PortExtension>
    {
        public static Provider Instance { get; } = new();

        public override PortExtension CreateExtension(ExtendedActorSystem system) => new();
    }
}
