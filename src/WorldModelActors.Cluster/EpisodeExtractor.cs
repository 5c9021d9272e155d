using System.Globalization;
using Akka.Cluster.Sharding;

namespace WorldModelActors.Cluster;

/// <summary>Whose a message is, and in which shard an episode lives: the beginning of its id, which is a digest, hence the same on every node for ever.</summary>
internal sealed class EpisodeExtractor : IMessageExtractor
{
    /// <summary>Shards of all; never to be changed in a running cluster.</summary>
    public const int Shards = 128;

    public string? EntityId(object message) => message is RunEpisode run ? run.EpisodeId : null;

    public object EntityMessage(object message) => message;

    public string? ShardId(object message) => message is RunEpisode run ? ShardOf(run.EpisodeId) : null;

    public string ShardId(string entityId, object? messageHint = null) => ShardOf(entityId);

    /// <summary>The shard of an episode.</summary>
    /// <exception cref="FormatException">That is no episode's id.</exception>
    public static string ShardOf(string episodeId) =>
        (int.Parse(episodeId.AsSpan(0, Math.Min(4, episodeId.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) % Shards).ToString(CultureInfo.InvariantCulture);
}
