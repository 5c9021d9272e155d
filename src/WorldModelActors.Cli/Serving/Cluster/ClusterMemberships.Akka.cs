using WorldModelActors.Cluster;
using WorldModelActors.Engine;
using WorldModelActors.Episodes;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>Clusters of Akka.NET (part of builds with Engine=akka).</summary>
internal static class ClusterMemberships
{
    /// <summary>Starts to join.</summary>
    /// <exception cref="UsageException">It cannot listen there, or a certificate or the file of further settings cannot be read.</exception>
    public static IClusterMembership Join(WmaSettings settings, IEpisodeStore store, Action<string> note)
    {
        var cluster = settings.Cluster;
        var options = new ClusterOptions
        {
            Node = settings.Node.Name ?? Environment.MachineName,
            Host = cluster.Host,
            Port = cluster.Port,
            Seeds = cluster.SeedNodes,
            Roles = cluster.Roles,
            Window = cluster.Window,
            Overrides = cluster.AkkaConfig is { } path ? [Read(path)] : [],
        };
        try
        {
            return new Membership(ClusterNode.Join(options, store, note), cluster.Roles.Contains(ClusterOptions.GpuRole));
        }
        catch (EngineException cause)
        {
            throw new UsageException(cause.Message);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            throw new UsageException($"--host {cluster.Host} --port {cluster.Port}: no cluster from here ({UserErrors.OneLine(cause.InnerException?.Message ?? cause.Message)})");
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"wma.cluster.akka-config: {cause.Message}");
        }
    }

    private sealed class Membership(ClusterNode node, bool runsEpisodes) : IClusterMembership
    {
        public IEpisodePlacement Placement => node.Placement;

        public string Address => node.Address;

        public bool RunsEpisodes => runsEpisodes;

        public CancellationToken Leaving => node.Leaving;

        public string? TakenOut => node.TakenOut;

        public void Serve(NodeService service) => node.Serve(service);

        public Task LeaveAsync() => node.LeaveAsync();

        public ValueTask DisposeAsync() => node.DisposeAsync();
    }
}
