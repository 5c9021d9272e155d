namespace WorldModelActors.Episodes;

/// <summary>Where an episode stands. The numbers are those in the store and never change their meaning.</summary>
public enum JournalState
{
    /// <summary>Can be claimed.</summary>
    Planned = 0,

    /// <summary>Failed, and can be claimed again after a while.</summary>
    Waiting = 1,

    /// <summary>Leased to a node; can be claimed by another one when the lease has run out.</summary>
    Running = 2,

    /// <summary>Every iteration is committed and the result recorded.</summary>
    Completed = 3,

    /// <summary>Ended with an error; can be retried on request.</summary>
    Failed = 4,

    /// <summary>Stopped on request; can be retried on request.</summary>
    Cancelled = 5,
}

/// <summary>Questions about a <see cref="JournalState"/>.</summary>
public static class JournalStates
{
    /// <summary>Whether nothing more happens to the episode unless someone asks for it.</summary>
    public static bool IsEnded(this JournalState state) => state is JournalState.Completed or JournalState.Failed or JournalState.Cancelled;
}
