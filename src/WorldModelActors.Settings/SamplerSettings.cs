namespace WorldModelActors.Settings;

/// <summary>Which of the trained timesteps are sampled.</summary>
public enum SpacingChoice
{
    Uniform,
    UniformTrailing,
    Quad,
}

/// <summary>Where noise comes from.</summary>
public enum NoiseChoice
{
    /// <summary>Counter-based, the same on every device.</summary>
    Philox,

    /// <summary>libtorch's generator in the reference implementation's order.</summary>
    Torch,
}

/// <summary><c>wma.sampler</c></summary>
public sealed record SamplerSettings
{
    /// <summary>1 … 1000.</summary>
    public required int DdimSteps { get; init; }

    /// <summary>0 … 1.</summary>
    public required double DdimEta { get; init; }

    /// <summary>0 … 100; 1: no guidance.</summary>
    public required double GuidanceScale { get; init; }

    /// <summary>0 … 1.</summary>
    public required double GuidanceRescale { get; init; }

    public required SpacingChoice TimestepSpacing { get; init; }

    public required NoiseChoice Noise { get; init; }

    internal static SamplerSettings Bind(HoconConfig config) => new()
    {
        DdimSteps = config.GetInt("wma.sampler.ddim-steps", 1, 1000),
        DdimEta = config.GetDouble("wma.sampler.ddim-eta", 0, 1),
        GuidanceScale = config.GetDouble("wma.sampler.guidance-scale", 0, 100),
        GuidanceRescale = config.GetDouble("wma.sampler.guidance-rescale", 0, 1),
        TimestepSpacing = config.GetChoice("wma.sampler.timestep-spacing", new Dictionary<string, SpacingChoice>
        {
            ["uniform"] = SpacingChoice.Uniform,
            ["uniform_trailing"] = SpacingChoice.UniformTrailing,
            ["quad"] = SpacingChoice.Quad,
        }),
        Noise = config.GetChoice("wma.sampler.noise", new Dictionary<string, NoiseChoice>
        {
            ["philox"] = NoiseChoice.Philox,
            ["torch"] = NoiseChoice.Torch,
        }),
    };
}
