namespace WorldModelActors.Cluster;

/// <summary>Everything that travels between nodes by remoting: names and numbers. Versions of it may only add what older nodes can do without.</summary>
public interface IClusterMessage;

/// <summary>To the entity of an episode: be there. The first one creates it; further ones change nothing.</summary>
/// <param name="EpisodeId">The episode.</param>
public sealed record RunEpisode(string EpisodeId) : IClusterMessage;

/// <summary>To the entity of an episode: give it back after the iteration in hand and stop; its shard moves, or it has ended.</summary>
public sealed record StopEpisode : IClusterMessage
{
    public static StopEpisode Instance { get; } = new();
}

/// <summary>What happens to an episode, told to all nodes.</summary>
/// <param name="Node">The node that tells.</param>
/// <param name="EpisodeId">The episode.</param>
/// <param name="Kind">What.</param>
/// <param name="Epoch">The claim's epoch.</param>
public sealed record EpisodeProgress(string Node, string EpisodeId, EpisodeProgressKind Kind, long Epoch) : IClusterMessage
{
    /// <summary>The topic of these messages.</summary>
    public const string Topic = "wma.progress";
}

/// <summary>Kinds of <see cref="EpisodeProgress"/>. The numbers never change their meaning.</summary>
public enum EpisodeProgressKind
{
    /// <summary>The node owns it.</summary>
    Claimed = 0,

    /// <summary>The node's work on it has ended, whatever came of it.</summary>
    Ended = 1,
}
