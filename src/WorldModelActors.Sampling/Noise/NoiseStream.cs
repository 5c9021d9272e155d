namespace WorldModelActors.Sampling;

/// <summary>
/// The noise of one synthesis call: a source and the part of the key that is constant over the call. The reference's order of
/// draws in a call is: posterior noise of the observation frames, x_T, action_T, state_T, then one latent noise per denoising
/// step, each after the network ran.
/// </summary>
/// <param name="Source">Where the numbers come from.</param>
/// <param name="RunSeed">Seed of the whole run.</param>
/// <param name="Episode">Id of the episode.</param>
/// <param name="Iteration">Iteration of the rollout, from 0.</param>
/// <param name="Phase">Which call of the iteration.</param>
public sealed record NoiseStream(INoiseSource Source, long RunSeed, string Episode, int Iteration, SamplingPhase Phase)
{
    /// <summary>See <see cref="INoiseSource.IsSequential"/>.</summary>
    public bool IsSequential => Source.IsSequential;

    /// <summary>The draw of <paramref name="tensor"/> at <paramref name="step"/>, which the caller owns.</summary>
    public Tensor Draw(NoiseTensor tensor, int step, ReadOnlySpan<long> shape, Device device) =>
        Source.Draw(new NoiseKey(RunSeed, Episode, Iteration, Phase, step, tensor), shape, device);
}
