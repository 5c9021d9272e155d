namespace WorldModelActors.Engine;

/// <summary>A watched actor has ended: it handles no message any more and its name is free.</summary>
/// <param name="Actor">The actor that ended.</param>
/// <param name="Cause">The failure that ended it, or null where it was stopped.</param>
public sealed record Terminated(IActorRef Actor, Exception? Cause);
