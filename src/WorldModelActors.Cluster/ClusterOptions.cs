using System.Globalization;

namespace WorldModelActors.Cluster;

/// <summary>How a node takes part in a cluster.</summary>
public sealed record ClusterOptions
{
    /// <summary>Runs episodes.</summary>
    public const string GpuRole = "gpu";

    /// <summary>May host the planner of sweeps.</summary>
    public const string ControlRole = "control";

    /// <summary>Name of the actor system; equal on every node.</summary>
    public const string SystemName = "wma";

    /// <summary>Name of the node, as in the store.</summary>
    public required string Node { get; init; }

    /// <summary>Address that the other nodes reach it by.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port; 0: any that is free.</summary>
    public int Port { get; init; }

    /// <summary>Nodes (host:port) to join by. The first one that starts must be the first of them: it begins the cluster.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>What it is there for: <see cref="GpuRole"/>, <see cref="ControlRole"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [GpuRole, ControlRole];

    /// <summary>Episodes that are placed at a time: more than all nodes together run, so that none is idle.</summary>
    public int Window { get; init; } = 256;

    /// <summary>Further settings of Akka.NET (HOCON), strongest first.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <summary>The settings that only this node knows.</summary>
    internal string ToHocon()
    {
        // The scheme is that of remoting, which TLS changes: see ClusterNode.
        var roles = string.Join(", ", Roles.Select(role => $"\"{role}\""));
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            akka.remote.dot-netty.tcp { hostname = "{{Host}}", port = {{Port}} }
            akka.cluster.roles = [{{roles}}]
            """);
    }
}
