namespace WorldModelActors.Episodes;

/// <summary>How a node serves.</summary>
public sealed record NodeOptions
{
    /// <summary>How it describes itself in the store.</summary>
    public required NodeDescription Description { get; init; }

    /// <summary>How long it owns an episode without a heart-beat. Another node takes over after that.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Heart-beats within a lease; several may get lost on the way.</summary>
    public int BeatsPerLease { get; init; } = 4;

    /// <summary>Longest pause between two questions for work: leases that run out send no signal.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause after a full disk before it takes episodes again.</summary>
    public TimeSpan DiskFullPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>End when every episode has ended, instead of waiting for more.</summary>
    public bool ExitWhenDone { get; init; }

    /// <summary>The sweep that <see cref="ExitWhenDone"/> is about; null: all of the store.</summary>
    public string? SweepId { get; init; }
}
