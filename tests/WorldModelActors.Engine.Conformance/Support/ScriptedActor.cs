namespace WorldModelActors.Engine.Conformance;

/// <summary>Thrown on purpose.</summary>
public sealed class ScriptedFailure(string message) : Exception(message);

/// <summary>An actor written as lambdas; without a script a hook does nothing.</summary>
public sealed class ScriptedActor<TMessage> : Actor<TMessage>
    where TMessage : notnull
{
    public required Func<TMessage, IActorContext<TMessage>, ValueTask> OnReceive { get; init; }

    public Func<IActorContext<TMessage>, ValueTask> OnPreStart { get; init; } = _ => ValueTask.CompletedTask;

    public Func<ActorFailure<TMessage>, IActorContext<TMessage>, ValueTask>? OnPreRestart { get; init; }

    public Func<IActorContext<TMessage>, ValueTask> OnPostStop { get; init; } = _ => ValueTask.CompletedTask;

    public override ValueTask ReceiveAsync(TMessage message, IActorContext<TMessage> context) => OnReceive(message, context);

    public override ValueTask PreStartAsync(IActorContext<TMessage> context) => OnPreStart(context);

    public override ValueTask PreRestartAsync(ActorFailure<TMessage> failure, IActorContext<TMessage> context) =>
        OnPreRestart?.Invoke(failure, context) ?? base.PreRestartAsync(failure, context);

    public override ValueTask PostStopAsync(IActorContext<TMessage> context) => OnPostStop(context);
}
