using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>Everything that decides what an episode looks like. Two episodes with equal plans have equal frames.</summary>
public sealed record EpisodePlan
{
    /// <summary>Name of the episode; unlike those of all other episodes that run.</summary>
    public required string Id { get; init; }

    /// <summary>Names the episode's noise beside the seed; not set: the id. Episodes of one name and seed have the same noise.</summary>
    public string? NoiseName { get; init; }

    /// <summary>What the robot is told.</summary>
    public required string Instruction { get; init; }

    /// <summary>Interactions (policy call, world-model call) to imagine.</summary>
    public int Iterations { get; init; } = 1;

    /// <summary>Frames of each prediction that are executed, i.e. kept and observed (1..16).</summary>
    public int ExecuteSteps { get; init; } = 16;

    /// <summary>Steps asked of the sampler (some spacings give a few more).</summary>
    public int DdimSteps { get; init; } = 50;

    public double DdimEta { get; init; } = 1.0;

    public TimestepSpacing Spacing { get; init; } = TimestepSpacing.UniformTrailing;

    /// <summary>1: no guidance. Otherwise the policy call is steered away from the empty instruction.</summary>
    public double GuidanceScale { get; init; } = 1.0;

    public double GuidanceRescale { get; init; } = 0.7;

    /// <summary>The fps condition of the network: floor(fps of the data / frame stride).</summary>
    public required long FrameRateCondition { get; init; }

    /// <summary>Seed of the run; with <see cref="NoiseName"/> it fixes all noise.</summary>
    public long Seed { get; init; } = 123;

    /// <summary>Push zeros instead of the predicted states.</summary>
    public bool ZeroPredictedState { get; init; }

    /// <summary>Dimensions of the robot's actions; the rest of the 16 is padding.</summary>
    public required int ActionDim { get; init; }

    /// <summary>Dimensions of the robot's states; the rest of the 16 is padding.</summary>
    public required int StateDim { get; init; }

    /// <summary>The autoencoder encodes one frame at a time (affects only the order of sequential noise draws).</summary>
    public bool PerFrameAutoencoder { get; init; } = true;

    /// <summary>Also decode the frames that the policy call imagines, and give them to the sink.</summary>
    public bool DecodePolicyVideo { get; init; }

    /// <summary>Checks every number.</summary>
    /// <exception cref="RolloutException">Names the first one that cannot be used.</exception>
    public void Validate(int framesPerPrediction)
    {
        Require(Id.Length > 0, "the episode needs an id");
        Require(Iterations is >= 1 and <= 100_000, $"iterations {Iterations}: use 1 to 100000");
        Require(ExecuteSteps >= 1 && ExecuteSteps <= framesPerPrediction, $"exe-steps {ExecuteSteps}: use 1 to {framesPerPrediction}, the frames of one prediction");
        Require(DdimSteps is >= 1 and <= 1000, $"ddim-steps {DdimSteps}: use 1 to 1000");
        Require(DdimEta is >= 0 and <= 1, $"ddim-eta {DdimEta}: use 0 (deterministic) to 1");
        Require(double.IsFinite(GuidanceScale) && Math.Abs(GuidanceScale) <= 100, $"guidance-scale {GuidanceScale}: use a number, 1 for no guidance");
        Require(GuidanceRescale is >= 0 and <= 1, $"guidance-rescale {GuidanceRescale}: use 0 to 1");
        Require(FrameRateCondition is >= 0 and <= 1_000_000, $"fps condition {FrameRateCondition}: check the prompt's fps and --frame-stride");
    }

    private void Require(bool ok, string message)
    {
        if (!ok)
            throw new RolloutException($"episode {Id}: {message}");
    }
}
