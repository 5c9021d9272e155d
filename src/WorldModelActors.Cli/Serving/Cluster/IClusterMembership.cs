using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary>A node's part in a cluster that places episodes.</summary>
internal interface IClusterMembership : IAsyncDisposable
{
    /// <summary>Which episodes the node may claim.</summary>
    IEpisodePlacement Placement { get; }

    /// <summary>Where the others reach it.</summary>
    string Address { get; }

    /// <summary>Whether episodes run here at all.</summary>
    bool RunsEpisodes { get; }

    /// <summary>Cancelled when the node is to drain, because it is about to leave.</summary>
    CancellationToken Leaving { get; }

    /// <summary>Why the node leaves although nobody here asked it to; null where it does not.</summary>
    string? TakenOut { get; }

    /// <summary>The node serves from now on.</summary>
    void Serve(NodeService service);

    /// <summary>Leaves in good order; the node has drained.</summary>
    Task LeaveAsync();
}
