namespace WorldModelActors.Sampling;

/// <summary>The settings that fix a latent noise schedule; the defaults are those of UnifoLM-WMA.</summary>
public sealed record NoiseScheduleOptions
{
    /// <summary>Number N of training timesteps, 0 .. N-1.</summary>
    public int Timesteps { get; init; } = 1000;

    /// <summary>First beta before the zero-SNR rescale.</summary>
    public double LinearStart { get; init; } = 0.00085;

    /// <summary>Last beta before the zero-SNR rescale.</summary>
    public double LinearEnd { get; init; } = 0.012;

    /// <summary>Rescale the betas to zero terminal signal-to-noise ratio.</summary>
    public bool RescaleBetasZeroSnr { get; init; } = true;

    public Parameterization Parameterization { get; init; } = Parameterization.V;

    /// <summary>Multiply each predicted x0 by the ratio of two <c>scale_arr</c> entries.</summary>
    public bool UseDynamicRescale { get; init; } = true;

    /// <summary>Value that <c>scale_arr</c> falls to.</summary>
    public double BaseScale { get; init; } = 0.7;

    /// <summary>Timesteps over which <c>scale_arr</c> falls from 1 to <see cref="BaseScale"/>.</summary>
    public int TurningStep { get; init; } = 400;

    internal void Validate()
    {
        if (Timesteps is < 2 or > 1_000_000)
        {
            throw new SamplingException($"timesteps {Timesteps}: the noise schedule needs 2 to 1000000 timesteps");
        }

        if (!(LinearStart > 0 && LinearEnd >= LinearStart && LinearEnd < 1))
        {
            throw new SamplingException(
                $"linear_start {LinearStart:R}, linear_end {LinearEnd:R}: betas need 0 < linear_start <= linear_end < 1");
        }

        if (!(BaseScale > 0 && double.IsFinite(BaseScale)) || TurningStep is < 1 or > 1_000_000)
        {
            throw new SamplingException(
                $"base_scale {BaseScale:R}, turning_step {TurningStep}: the dynamic rescale needs a positive scale and 1 to 1000000 steps");
        }
    }
}
