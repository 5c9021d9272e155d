using WorldModelActors.Episodes;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>Clusters, in a build that has none (part of it where Engine=akka is not set).</summary>
internal static class ClusterMemberships
{
    /// <summary>Refuses.</summary>
    /// <exception cref="UsageException">Always.</exception>
    public static IClusterMembership Join(WmaSettings settings, IEpisodeStore store, Action<string> note) =>
        throw new UsageException("--seed-nodes: this build has no cluster: build with -p:Engine=akka (docs/engines.md)");
}
