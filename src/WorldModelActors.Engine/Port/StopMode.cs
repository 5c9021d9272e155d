namespace WorldModelActors.Engine;

/// <summary>How an actor ends.</summary>
public enum StopMode
{
    /// <summary>The message in hand is finished; what waits in the mailbox becomes dead letters.</summary>
    AfterCurrentMessage,

    /// <summary>Every message that was in the mailbox when the stop was asked for is handled first; later ones are dead letters. Children, stopped after it, drain too.</summary>
    Drain,
}
