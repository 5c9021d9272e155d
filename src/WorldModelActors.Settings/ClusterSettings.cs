using System.Globalization;

namespace WorldModelActors.Settings;

/// <summary><c>wma.cluster</c></summary>
public sealed record ClusterSettings
{
    private static readonly string[] s_roles = ["gpu", "control"];

    /// <summary>Nodes to join by (host:port); empty: no cluster.</summary>
    public required IReadOnlyList<string> SeedNodes { get; init; }

    /// <summary>Address that the other nodes reach this one by.</summary>
    public required string Host { get; init; }

    /// <summary>Port of this node; 0: any.</summary>
    public required int Port { get; init; }

    /// <summary>What the node is there for: gpu, control; at least one.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Episodes that are placed at a time.</summary>
    public required int Window { get; init; }

    /// <summary>File of further settings of Akka.NET; null: none.</summary>
    public required string? AkkaConfig { get; init; }

    internal static ClusterSettings Bind(HoconConfig config)
    {
        const string seeds = "wma.cluster.seed-nodes";
        const string roles = "wma.cluster.roles";
        return new ClusterSettings
        {
            SeedNodes = Items(SettingTexts.Optional(config, seeds)) is var nodes && nodes.All(IsEndpoint) ? nodes : throw config.Wrong(seeds, "host:port, separated by commas"),
            Host = config.GetString("wma.cluster.host"),
            Port = config.GetInt("wma.cluster.port", 0, ushort.MaxValue),
            Roles = Items(config.GetString(roles)) is { Count: > 0 } chosen && chosen.All(s_roles.Contains) ? chosen : throw config.Wrong(roles, "gpu, control, or both separated by a comma"),
            Window = config.GetInt("wma.cluster.window", 1, 100_000),
            AkkaConfig = SettingTexts.OptionalPath(config, "wma.cluster.akka-config"),
        };
    }

    private static List<string> Items(string? text) => [.. (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private static bool IsEndpoint(string text) =>
        text.LastIndexOf(':') is > 0 and var at && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue;
}
