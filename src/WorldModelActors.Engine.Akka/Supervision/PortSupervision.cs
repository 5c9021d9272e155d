using Akka.Actor;
using Akka.Util;

namespace WorldModelActors.Engine.Akka;

/// <summary>
/// Akka's supervisor strategy of every actor of the port, and of the guardian above the topmost ones. The port chooses a strategy for each child; what
/// it decided comes with the failure.
/// </summary>
internal sealed class PortSupervision : Native.SupervisorStrategy
{
    public static PortSupervision Instance { get; } = new();

    public override IDecider Decider => DefaultDecider;

    public override void ProcessFailure(
        Native.IActorContext context,
        bool restart,
        Native.IActorRef child,
        Exception cause,
        Native.Internal.ChildRestartStats stats,
        IReadOnlyCollection<Native.Internal.ChildRestartStats> children)
    {
        if (!restart)
        {
            context.Stop(child);
        }
        else if (cause is SupervisedFailure { BackOff: { } backOff })
        {
            backOff.Grant((IInternalActorRef)child, cause);
        }
        else
        {
            RestartChild(child, cause, suspendFirst: false);
        }
    }

    public override void HandleChildTerminated(Native.IActorContext actorContext, Native.IActorRef child, IEnumerable<IInternalActorRef> children)
    {
    }

    public override ISurrogate ToSurrogate(Native.ActorSystem system) =>
        throw new NotSupportedException("actors of the port are deployed in their own process");

    /// <summary>Actors beside the port (Akka's own, a cluster's) are treated as Akka would.</summary>
    protected override Directive Handle(Native.IActorRef child, Exception exception) => exception is SupervisedFailure failure
        ? failure.BackOff is null ? Directive.Stop : Directive.Restart
        : DefaultDecider.Decide(exception);
}

/// <summary>Names the strategy of the guardian in hocon/akka.conf.</summary>
public sealed class PortGuardianStrategy : SupervisorStrategyConfigurator
{
    /// <inheritdoc/>
    public override Native.SupervisorStrategy Create() => PortSupervision.Instance;
}
