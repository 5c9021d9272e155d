namespace WorldModelActors.Sampling;

/// <summary>
/// The arrays of one DDIM run (Song et al., 2020, arXiv 2010.02502), indexed by i over the ascending timesteps t_i. The
/// sampler walks them from the last index to the first; loop step k works on index Count - 1 - k.
/// </summary>
public sealed class DdimSchedule
{
    private readonly int[] _timesteps;
    private readonly float[] _alphas;
    private readonly double[] _alphasPrev;
    private readonly double[] _sigmas;
    private readonly float[] _sqrtOneMinusAlphas;
    private readonly float[] _scale;
    private readonly float[] _scalePrev;

    /// <summary>A run of <paramref name="steps"/> requested steps.</summary>
    /// <param name="noise">The latent noise schedule.</param>
    /// <param name="steps">Requested steps S.</param>
    /// <param name="eta">0 (deterministic) to 1 (as much fresh noise as ancestral sampling).</param>
    /// <param name="spacing">How the timesteps are spread.</param>
    /// <exception cref="SamplingException">Steps, eta or spacing do not fit the schedule.</exception>
    public DdimSchedule(
        NoiseSchedule noise, int steps, double eta = 1.0, TimestepSpacing spacing = TimestepSpacing.UniformTrailing)
        : this(noise, spacing.Timesteps(steps, noise.Timesteps), eta, ordered: true)
    {
    }

    /// <summary>A run over explicit, strictly ascending timesteps.</summary>
    /// <exception cref="SamplingException">The timesteps are not strictly ascending within 0 .. N-1, or eta is out of range.</exception>
    public DdimSchedule(NoiseSchedule noise, ReadOnlySpan<int> ascendingTimesteps, double eta)
        : this(noise, ascendingTimesteps.ToArray(), eta, ordered: false)
    {
    }

    private DdimSchedule(NoiseSchedule noise, int[] timesteps, double eta, bool ordered)
    {
        if (!(eta >= 0 && eta <= 1))
        {
            throw new SamplingException($"ddim eta {eta:R}: must be from 0 to 1");
        }

        if (!ordered)
        {
            RequireAscending(timesteps, noise.Timesteps);
        }

        if (noise.Options.Parameterization == Parameterization.Epsilon && noise.AlphasCumprod[timesteps[^1]] == 0)
        {
            throw new SamplingException(
                $"timestep {timesteps[^1]} has no signal left (zero terminal SNR), so x0 cannot be computed from predicted " +
                "noise: use parameterization v, rescale_betas_zero_snr false or another timestep spacing");
        }

        Noise = noise;
        Eta = eta;
        var count = timesteps.Length;
        _timesteps = timesteps;
        _alphas = new float[count];
        _alphasPrev = new double[count];
        _sigmas = new double[count];
        _sqrtOneMinusAlphas = new float[count];
        _scale = new float[count];
        _scalePrev = new float[count];
        for (var i = 0; i < count; i++)
        {
            float alpha = noise.AlphasCumprod[timesteps[i]], complement = 1f - alpha;
            double previous = i == 0 ? noise.AlphasCumprod[0] : _alphas[i - 1];
            _alphas[i] = alpha;
            _alphasPrev[i] = previous;
            _sqrtOneMinusAlphas[i] = MathF.Sqrt(complement);
            // 1 - abar is float32 and so is its reciprocal: the reference mixes float32 tensors and float64 arrays here.
            _sigmas[i] = eta * Math.Sqrt((1 - previous) * (1f / complement) * (1 - alpha / previous));
            _scale[i] = noise.Options.UseDynamicRescale ? noise.ScaleArr[timesteps[i]] : 1f;
            _scalePrev[i] = i == 0 ? _scale[0] : _scale[i - 1];
        }
    }

    public NoiseSchedule Noise { get; }

    public double Eta { get; }

    /// <summary>Steps that the loop really makes (17 for uniform spacing with 16 requested).</summary>
    public int Count => _timesteps.Length;

    /// <summary>t_i, ascending.</summary>
    public ReadOnlySpan<int> Timesteps => _timesteps;

    /// <summary>a_i = abar at t_i.</summary>
    public ReadOnlySpan<float> Alphas => _alphas;

    /// <summary>abar at t_(i-1); abar at timestep 0 (not 1) for i = 0.</summary>
    public ReadOnlySpan<double> AlphasPrev => _alphasPrev;

    /// <summary>sigma_i = eta sqrt((1 - aprev_i) / (1 - a_i) (1 - a_i / aprev_i)), DDIM equation 16.</summary>
    public ReadOnlySpan<double> Sigmas => _sigmas;

    /// <summary>sqrt(1 - a_i).</summary>
    public ReadOnlySpan<float> SqrtOneMinusAlphas => _sqrtOneMinusAlphas;

    /// <summary>scale_arr at t_i (1 where the dynamic rescale is off).</summary>
    public ReadOnlySpan<float> Scale => _scale;

    /// <summary>scale_(i-1); scale_0 for i = 0.</summary>
    public ReadOnlySpan<float> ScalePrev => _scalePrev;

    private static void RequireAscending(ReadOnlySpan<int> timesteps, int count)
    {
        if (timesteps.IsEmpty)
        {
            throw new SamplingException("explicit timesteps: at least one is needed");
        }

        for (var i = 0; i < timesteps.Length; i++)
        {
            if (timesteps[i] < 0 || timesteps[i] >= count || (i > 0 && timesteps[i] <= timesteps[i - 1]))
            {
                throw new SamplingException(
                    $"explicit timesteps: number {i + 1} is {timesteps[i]}; they must rise strictly within 0 .. {count - 1}");
            }
        }
    }
}
