namespace WorldModelActors.Engine;

/// <summary>Where an actor's code runs.</summary>
public enum ActorThread
{
    /// <summary>On the shared thread pool: one message at a time, any thread.</summary>
    Pool,

    /// <summary>
    /// On a thread of its own, from the factory to PostStop, over restarts, including what follows an <c>await</c> in a handler: for owners of
    /// devices, whose libraries keep state per thread.
    /// </summary>
    Dedicated,
}
