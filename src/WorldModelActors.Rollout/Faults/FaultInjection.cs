using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>Puts a fault injector before an actor; without one the actor is left as it is.</summary>
internal static class FaultInjection
{
    public static ActorProps<T> WithFaults<T>(this ActorProps<T> props, IFaultInjector? faults, ActorKind kind)
        where T : notnull
    {
        if (faults is null)
            return props;
        var count = new Counter();
        return props with { Factory = () => new Injected<T>(props.Factory(), faults, kind, count) };
    }

    /// <summary>Used by one instance after the other.</summary>
    private sealed class Counter
    {
        public long Messages { get; set; }
    }

    private sealed class Injected<T>(Actor<T> actor, IFaultInjector faults, ActorKind kind, Counter count) : Actor<T>
        where T : notnull
    {
        public override ValueTask ReceiveAsync(T message, IActorContext<T> context)
        {
            faults.OnMessage(kind, context.Self.Path, ++count.Messages, message);
            return actor.ReceiveAsync(message, context);
        }

        public override ValueTask PreStartAsync(IActorContext<T> context) => actor.PreStartAsync(context);

        public override ValueTask PreRestartAsync(ActorFailure<T> failure, IActorContext<T> context) => actor.PreRestartAsync(failure, context);

        public override ValueTask PostStopAsync(IActorContext<T> context) => actor.PostStopAsync(context);
    }
}
