namespace WorldModelActors.Settings;

/// <summary><c>wma.model</c></summary>
public sealed record ModelSettings
{
    /// <summary>Directory or YAML; null if not set.</summary>
    public required string? Path { get; init; }

    /// <summary>Weights; null: those beside the YAML.</summary>
    public required string? Checkpoint { get; init; }

    /// <summary>Seed of random weights; null: real ones.</summary>
    public required long? RandomWeights { get; init; }

    /// <summary>CLIP merges file; null: the model's own.</summary>
    public required string? ClipVocab { get; init; }

    internal static ModelSettings Bind(HoconConfig config)
    {
        const string checkpoint = "wma.model.checkpoint";
        const string randomWeights = "wma.model.random-weights";
        var settings = new ModelSettings
        {
            Path = SettingTexts.OptionalPath(config, "wma.model.path"),
            Checkpoint = SettingTexts.OptionalPath(config, checkpoint),
            RandomWeights = config.Has(randomWeights) ? config.GetLong(randomWeights, 0) : null,
            ClipVocab = SettingTexts.OptionalPath(config, "wma.model.clip-vocab"),
        };
        return settings is { Checkpoint: not null, RandomWeights: not null }
            ? throw new HoconException($"choose either this or {checkpoint}, not both", config.OriginOf(randomWeights), randomWeights)
            : settings;
    }
}
