namespace WorldModelActors.Sampling;

/// <summary>
/// The second schedule, by which the action and state heads are denoised: a deterministic DDIM step that predicts noise over
/// squared-cosine betas (Nichol and Dhariwal, 2021, arXiv 2102.09672) with the predicted sample clipped to [-1, 1], as in
/// diffusers' <c>DDIMScheduler</c> (clip_sample, set_alpha_to_one, steps_offset 0, eta 0). The loop calls it with the latent
/// sampler's timesteps; its own list (<see cref="OwnTimesteps"/>) only matters by its length.
/// </summary>
public sealed class HeadScheduler
{
    private readonly float[] _betas;
    private readonly float[] _alphasCumprod;

    /// <summary>The schedule over <paramref name="timesteps"/> (N) training timesteps.</summary>
    public HeadScheduler(int timesteps = 1000)
    {
        if (timesteps is < 1 or > 1_000_000)
        {
            throw new SamplingException($"num_train_timesteps {timesteps}: the head scheduler needs 1 to 1000000 timesteps");
        }

        _betas = new float[timesteps];
        _alphasCumprod = new float[timesteps];
        var product = 1.0;
        for (var i = 0; i < timesteps; i++)
        {
            var beta = Math.Min(1 - Signal((i + 1) / (double)timesteps) / Signal(i / (double)timesteps), 0.999);
            _betas[i] = (float)beta;
            // libtorch's cumprod of float32 keeps its running product in float64.
            product *= 1f - _betas[i];
            _alphasCumprod[i] = (float)product;
        }

        static double Signal(double u)
        {
            var cosine = Math.Cos((u + 0.008) / 1.008 * Math.PI / 2);
            return cosine * cosine;
        }
    }

    /// <summary>N.</summary>
    public int Timesteps => _betas.Length;

    /// <summary>beta_t [N].</summary>
    public ReadOnlySpan<float> Betas => _betas;

    /// <summary>abar_t [N].</summary>
    public ReadOnlySpan<float> AlphasCumprod => _alphasCumprod;

    /// <summary>The timesteps of <c>set_timesteps(count)</c>, "leading" spacing, descending. The sampling loop does not use them.</summary>
    public int[] OwnTimesteps(int count)
    {
        var stride = StrideOf(count);
        var result = new int[count];
        for (var i = 0; i < count; i++)
        {
            result[count - 1 - i] = i * stride;
        }

        return result;
    }

    /// <summary>The timestep that a run of <paramref name="count"/> steps goes to from <paramref name="timestep"/>; may be negative.</summary>
    public int PreviousTimestep(int timestep, int count) => timestep - StrideOf(count);

    /// <summary>The float32 scalars of the step from <paramref name="timestep"/> to <paramref name="previous"/> (negative: to the clean sample).</summary>
    public HeadCoefficients Coefficients(int timestep, int previous)
    {
        if (timestep < 0 || timestep >= Timesteps || previous >= Timesteps)
        {
            throw new SamplingException(
                $"head scheduler step from {timestep} to {previous}: timesteps are 0 .. {Timesteps - 1}");
        }

        float alpha = _alphasCumprod[timestep], alphaPrev = previous >= 0 ? _alphasCumprod[previous] : 1f;
        return new HeadCoefficients(
            MathF.Sqrt(alpha), MathF.Sqrt(1f - alpha), MathF.Sqrt(alphaPrev), MathF.Sqrt(1f - alphaPrev));
    }

    private int StrideOf(int count) =>
        count >= 1 && count <= Timesteps
            ? Timesteps / count
            : throw new SamplingException($"head scheduler steps {count}: must be 1 to {Timesteps}");
}

/// <summary>
/// One head step: x0 = clip((x - SqrtOneMinusAlpha eps) / SqrtAlpha), x' = SqrtAlphaPrev x0 + SqrtOneMinusAlphaPrev eps.
/// </summary>
public readonly record struct HeadCoefficients(
    float SqrtAlpha, float SqrtOneMinusAlpha, float SqrtAlphaPrev, float SqrtOneMinusAlphaPrev);
