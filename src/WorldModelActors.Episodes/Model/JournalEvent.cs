using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>What happened to an episode. The numbers are those in the store and never change their meaning.</summary>
public enum EventKind
{
    /// <summary>It came to be.</summary>
    Planned = 0,

    /// <summary>A node became its owner, with a new epoch.</summary>
    Claimed = 1,

    /// <summary>An iteration is durable.</summary>
    IterationCommitted = 2,

    /// <summary>Committed iterations were given up, because their files are damaged.</summary>
    Rewound = 3,

    /// <summary>It ended well.</summary>
    Completed = 4,

    /// <summary>Its owner, or every owner it had, failed.</summary>
    Failed = 5,

    /// <summary>It was stopped on request.</summary>
    Cancelled = 6,

    /// <summary>Its owner gave it back.</summary>
    Released = 7,

    /// <summary>It may be claimed again although it had ended or was waiting.</summary>
    Retried = 8,
}

/// <summary>One entry of an episode's journal, which is only ever appended to.</summary>
/// <param name="Sequence">1, 2, 3 ... without gaps within the episode.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Epoch">The epoch of the owner at that time; 0 before the first claim.</param>
/// <param name="Node">The node that wrote it; null where a user or the store did.</param>
/// <param name="At">When, by the store's clock.</param>
/// <param name="Data">What belongs to the kind, see docs/store.md.</param>
public sealed record JournalEvent(int Sequence, EventKind Kind, long Epoch, string? Node, DateTimeOffset At, JsonObject Data);
