namespace WorldModelActors.Engine.Conformance;

/// <summary>Keeps what a system reports.</summary>
public sealed class EventLog : IEngineEvents
{
    public Received<ActorPath> Started { get; } = new();

    public Received<ActorPath> Restarted { get; } = new();

    public Received<ActorFailure> Failed { get; } = new();

    public Received<(ActorPath Actor, Exception Cause)> CleanupsFailed { get; } = new();

    public Received<(ActorPath Actor, Exception? Cause)> Stopped { get; } = new();

    public Received<DeadLetter> DeadLetters { get; } = new();

    public Received<(ActorPath Actor, Exception Cause)> SystemFailures { get; } = new();

    void IEngineEvents.ActorStarted(ActorPath actor) => Started.Add(actor);

    void IEngineEvents.ActorRestarted(ActorPath actor) => Restarted.Add(actor);

    void IEngineEvents.ActorFailed(ActorFailure failure) => Failed.Add(failure);

    void IEngineEvents.CleanupFailed(ActorPath actor, Exception cause) => CleanupsFailed.Add((actor, cause));

    void IEngineEvents.ActorStopped(ActorPath actor, Exception? cause) => Stopped.Add((actor, cause));

    void IEngineEvents.DeadLetter(DeadLetter letter) => DeadLetters.Add(letter);

    void IEngineEvents.SystemFailed(ActorPath actor, Exception cause) => SystemFailures.Add((actor, cause));
}
