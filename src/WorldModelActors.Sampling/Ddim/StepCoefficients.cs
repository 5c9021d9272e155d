namespace WorldModelActors.Sampling;

/// <summary>
/// The scalars of one denoising step, each rounded to float32 where the reference turns it into a tensor, so that the update
/// rounds as the reference's does.
/// </summary>
/// <param name="Timestep">t.</param>
/// <param name="SqrtAlpha">sqrt(abar_t).</param>
/// <param name="SqrtOneMinusAlpha">sqrt(1 - abar_t).</param>
/// <param name="Rescale">scale_prev / scale, the dynamic rescale of x0.</param>
/// <param name="SqrtAlphaPrev">sqrt(aprev).</param>
/// <param name="Direction">sqrt(1 - aprev - sigma^2), the weight of the predicted noise.</param>
/// <param name="Sigma">Weight of the fresh noise.</param>
/// <param name="Head">The scalars of the action and state streams.</param>
public readonly record struct StepCoefficients(
    int Timestep,
    float SqrtAlpha,
    float SqrtOneMinusAlpha,
    float Rescale,
    float SqrtAlphaPrev,
    float Direction,
    float Sigma,
    HeadCoefficients Head)
{
    /// <summary>The scalars of loop step <paramref name="step"/> (0 works on the largest timestep).</summary>
    public static StepCoefficients At(DdimSchedule schedule, HeadScheduler head, int step)
    {
        var i = schedule.Count - 1 - step;
        var t = schedule.Timesteps[i];
        float alphaPrev = (float)schedule.AlphasPrev[i], sigma = (float)schedule.Sigmas[i];
        var predictsNoise = schedule.Noise.Options.Parameterization == Parameterization.Epsilon;
        return new StepCoefficients(
            t,
            predictsNoise ? MathF.Sqrt(schedule.Alphas[i]) : schedule.Noise.SqrtAlphasCumprod[t],
            predictsNoise ? schedule.SqrtOneMinusAlphas[i] : schedule.Noise.SqrtOneMinusAlphasCumprod[t],
            schedule.ScalePrev[i] / schedule.Scale[i],
            MathF.Sqrt(alphaPrev),
            // With eta 1 the three terms cancel at the zero-SNR end; rounding may leave a tiny negative there.
            MathF.Sqrt(MathF.Max(0f, 1f - alphaPrev - sigma * sigma)),
            sigma,
            head.Coefficients(t, head.PreviousTimestep(t, schedule.Count)));
    }
}
