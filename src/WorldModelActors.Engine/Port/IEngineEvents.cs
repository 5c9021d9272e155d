namespace WorldModelActors.Engine;

/// <summary>
/// Sees what happens in an actor system: for logs, metrics and tests. Called on the thread where it happens, so implementations are
/// thread-safe and quick. An exception thrown here is ignored: watching must not change what is watched.
/// </summary>
public interface IEngineEvents
{
    /// <summary>An instance is about to run, for the first time or after a restart.</summary>
    void ActorStarted(ActorPath actor)
    {
    }

    /// <summary>An actor failed; its restart, if any, is scheduled.</summary>
    void ActorFailed(ActorFailure failure)
    {
    }

    /// <summary>A new instance has taken over.</summary>
    void ActorRestarted(ActorPath actor)
    {
    }

    /// <summary>PreRestart or PostStop threw; the actor's end or restart goes on.</summary>
    void CleanupFailed(ActorPath actor, Exception cause)
    {
    }

    /// <summary>An actor has ended; <paramref name="cause"/> is null where it was stopped.</summary>
    void ActorStopped(ActorPath actor, Exception? cause)
    {
    }

    /// <summary>A message was not handled.</summary>
    void DeadLetter(DeadLetter letter)
    {
    }

    /// <summary>A failure passed the topmost actor: the system is stopping.</summary>
    void SystemFailed(ActorPath actor, Exception cause)
    {
    }
}
