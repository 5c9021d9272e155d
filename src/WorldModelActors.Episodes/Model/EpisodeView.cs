using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>An episode as the store knows it.</summary>
public sealed record EpisodeView
{
    public required string Id { get; init; }

    /// <summary>Its number in the store, in the order of planning.</summary>
    public required long Number { get; init; }

    public required string SweepId { get; init; }

    public required string Name { get; init; }

    public required JsonObject Spec { get; init; }

    public required JournalState State { get; init; }

    public required int Priority { get; init; }

    /// <summary>Device memory that it takes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Iterations in all.</summary>
    public required int Iterations { get; init; }

    /// <summary>Iterations committed.</summary>
    public required int Committed { get; init; }

    /// <summary>Frames committed.</summary>
    public required long Frames { get; init; }

    /// <summary>Epoch of the last claim; 0 before the first.</summary>
    public required long Epoch { get; init; }

    /// <summary>Events in its journal.</summary>
    public required int Sequence { get; init; }

    /// <summary>Node of the last claim.</summary>
    public required string? Node { get; init; }

    /// <summary>Why it failed, one line.</summary>
    public required string? Cause { get; init; }

    /// <summary>Failures of owners since it was planned or retried on request.</summary>
    public required int Failures { get; init; }

    /// <summary>Owners that vanished since the last committed iteration.</summary>
    public required int Losses { get; init; }

    public required DateTimeOffset PlannedAt { get; init; }

    /// <summary>First claim.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>Files of the completed episode.</summary>
    public required IReadOnlyList<StoredFile> Results { get; init; }

    /// <summary>Numbers of the completed episode.</summary>
    public required JsonObject Summary { get; init; }
}

/// <summary>Which episodes. An empty selection is none, never all.</summary>
public sealed record EpisodeSelection
{
    /// <summary>These ids.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>All of this sweep.</summary>
    public string? SweepId { get; init; }

    /// <summary>All of the store.</summary>
    public bool All { get; init; }

    /// <summary>Only those in this state.</summary>
    public JournalState? State { get; init; }

    /// <summary>One episode.</summary>
    public static EpisodeSelection Of(params IReadOnlyList<string> ids) => new() { Ids = ids };

    /// <summary>The episodes of a sweep.</summary>
    public static EpisodeSelection OfSweep(string sweepId) => new() { SweepId = sweepId };
}
