using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>A node's wish for work.</summary>
/// <param name="Node">Who asks.</param>
/// <param name="Capacity">Episodes that it can take now.</param>
/// <param name="Lease">How long it owns them without a heart-beat.</param>
public sealed record ClaimRequest(NodeId Node, int Capacity, TimeSpan Lease)
{
    /// <summary>Device memory that it has left for them; the sum of what it gets does not exceed it.</summary>
    public long FreeBytes { get; init; } = long.MaxValue;

    /// <summary>Only these episodes, by id, where something else than the store decides who runs what; null: any.</summary>
    public IReadOnlyCollection<string>? Only { get; init; }
}

/// <summary>
/// An episode that a node owns. The epoch is the fence: every write carries it and is refused once another claim has raised it.
/// </summary>
/// <param name="EpisodeId">The episode.</param>
/// <param name="Number">Its number in the store.</param>
/// <param name="Epoch">1 for the first owner, one more for each following.</param>
/// <param name="Node">The owner.</param>
public sealed record Claim(string EpisodeId, long Number, long Epoch, NodeId Node)
{
    /// <summary>The sweep.</summary>
    public required string SweepId { get; init; }

    /// <summary>The episode's name.</summary>
    public required string Name { get; init; }

    /// <summary>What to run.</summary>
    public required JsonObject Spec { get; init; }

    /// <summary>Iterations in all.</summary>
    public required int Iterations { get; init; }

    /// <summary>Iterations committed before this claim; the next one has this index.</summary>
    public required int Committed { get; init; }

    /// <summary>Frames committed before this claim.</summary>
    public required long Frames { get; init; }

    /// <summary>Device memory that the episode takes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The lease was taken from a node that had let it run out.</summary>
    public required bool TakenOver { get; init; }
}

/// <summary>A claim that is no longer valid.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="State">Where the episode stands now.</param>
/// <param name="Epoch">Its epoch now.</param>
public sealed record LostLease(Claim Claim, JournalState State, long Epoch);

/// <summary>The answer to a heart-beat.</summary>
/// <param name="Lost">Claims that are gone: stop working on them at once.</param>
/// <param name="Draining">Take no more episodes, finish the iterations in hand, release and leave.</param>
public sealed record RenewResult(IReadOnlyList<LostLease> Lost, bool Draining);
