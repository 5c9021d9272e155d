using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace WorldModelActors.Engine.Akka;

/// <summary>Akka's mailbox type of every actor of the port (hocon/akka.conf): hands Akka the queue that was made with the actor.</summary>
public sealed class LaneMailbox(Native.Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<IMessageQueue>
{
    /// <inheritdoc/>
    public override IMessageQueue Create(Native.IActorRef owner, Native.ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return PortExtension.Of(system).TakeQueue(owner.Path);
    }
}
