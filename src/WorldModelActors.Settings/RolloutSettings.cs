namespace WorldModelActors.Settings;

/// <summary><c>wma.rollout</c></summary>
public sealed record RolloutSettings
{
    /// <summary>Prompt directory; null if not set.</summary>
    public required string? Prompts { get; init; }

    /// <summary>Dataset; null: all.</summary>
    public required string? Dataset { get; init; }

    /// <summary>Video ids; empty: all.</summary>
    public required IReadOnlyList<string> Episodes { get; init; }

    /// <summary>Rounds for each episode, at least 1.</summary>
    public required int Iterations { get; init; }

    /// <summary>Executed steps of each round, at least 1; the model's video length is checked where the model is known.</summary>
    public required int ExeSteps { get; init; }

    /// <summary>Frame strides, at least one, each at least 1.</summary>
    public required IReadOnlyList<int> FrameStride { get; init; }

    /// <summary>Seed of all noise, not negative.</summary>
    public required long Seed { get; init; }

    public required bool ZeroPredictedState { get; init; }

    public required bool DecodePolicyVideo { get; init; }

    public required bool PerFrameAutoencoder { get; init; }

    /// <summary>Episodes that run at the same time, at least 1.</summary>
    public required int EpisodesInFlight { get; init; }

    /// <summary>Directory of results.</summary>
    public required string Out { get; init; }

    internal static RolloutSettings Bind(HoconConfig config)
    {
        const string frameStride = "wma.rollout.frame-stride";
        var strides = config.GetIntList(frameStride, 1, 1000);
        return new RolloutSettings
        {
            Prompts = SettingTexts.OptionalPath(config, "wma.rollout.prompts"),
            Dataset = SettingTexts.Optional(config, "wma.rollout.dataset"),
            Episodes = config.GetStringList("wma.rollout.episodes"),
            Iterations = config.GetInt("wma.rollout.iterations", 1, 1_000_000),
            ExeSteps = config.GetInt("wma.rollout.exe-steps", 1, 1024),
            FrameStride = strides.Count > 0 ? strides : throw config.Wrong(frameStride, "at least one frame stride"),
            Seed = config.GetLong("wma.rollout.seed", 0),
            ZeroPredictedState = config.GetBool("wma.rollout.zero-predicted-state"),
            DecodePolicyVideo = config.GetBool("wma.rollout.decode-policy-video"),
            PerFrameAutoencoder = config.GetBool("wma.rollout.per-frame-autoencoder"),
            EpisodesInFlight = config.GetInt("wma.rollout.episodes-in-flight", 1, 4096),
            Out = SettingTexts.RequiredPath(config, "wma.rollout.out"),
        };
    }
}
