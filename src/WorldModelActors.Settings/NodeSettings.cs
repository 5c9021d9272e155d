namespace WorldModelActors.Settings;

/// <summary><c>wma.node</c></summary>
public sealed record NodeSettings
{
    /// <summary>Its name; null: the machine's.</summary>
    public required string? Name { get; init; }

    /// <summary>Device memory for episodes, by which it claims; null: what the devices have.</summary>
    public required long? Memory { get; init; }

    /// <summary>Models that stay loaded though no episode uses them, at least 1.</summary>
    public required int ModelsKept { get; init; }

    internal static NodeSettings Bind(HoconConfig config)
    {
        const string memory = "wma.node.memory";
        return new NodeSettings
        {
            Name = SettingTexts.Optional(config, "wma.node.name"),
            Memory = config.Has(memory) ? config.GetSize(memory, 1) : null,
            ModelsKept = config.GetInt("wma.node.models-kept", 1, 1000),
        };
    }
}
