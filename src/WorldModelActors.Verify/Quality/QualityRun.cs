namespace WorldModelActors.Verify;

/// <summary>How the quality of a world model is measured.</summary>
public sealed record QualityRun
{
    public required int DdimSteps { get; init; }

    public required double DdimEta { get; init; }

    /// <summary>Seed of all noises.</summary>
    public required long Seed { get; init; }

    /// <summary>Rounds of one horizon (16 frames), each from the predictions of the one before.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Prompts that are denoised together.</summary>
    public int Batch { get; init; } = 8;
}
