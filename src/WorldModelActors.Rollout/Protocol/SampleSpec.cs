using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>Which sample of which episode, and how it is drawn.</summary>
/// <param name="Plan">The episode.</param>
/// <param name="Iteration">From 0.</param>
/// <param name="Phase">Policy or world-model call.</param>
/// <param name="Noise">The call's noise.</param>
public sealed record SampleSpec(EpisodePlan Plan, int Iteration, SamplingPhase Phase, NoiseStream Noise)
{
    /// <summary>Who answers for the handles that are made for it.</summary>
    public LatentOwner Owner { get; init; } = Plan.Id;

    /// <summary>Name in messages.</summary>
    public string Name => $"episode {Plan.Id}, iteration {Iteration}, {Phase.ToString().ToLowerInvariant()} sample";
}
