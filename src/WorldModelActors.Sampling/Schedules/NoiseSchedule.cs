namespace WorldModelActors.Sampling;

/// <summary>
/// The latent noise schedule over N training timesteps: betas whose square roots are linear, rescaled to zero terminal
/// signal-to-noise ratio (Lin et al., 2023, arXiv 2305.08891, algorithm 1). Everything is computed in float64; what a
/// checkpoint stores as a buffer is float32.
/// </summary>
public sealed class NoiseSchedule
{
    private readonly float[] _betas;
    private readonly float[] _alphasCumprod;
    private readonly float[] _alphasCumprodPrev;
    private readonly float[] _sqrtAlphasCumprod;
    private readonly float[] _sqrtOneMinusAlphasCumprod;
    private readonly float[] _scaleArr;

    /// <summary>Computes the schedule from its settings.</summary>
    /// <exception cref="SamplingException">A setting is out of range.</exception>
    public NoiseSchedule(NoiseScheduleOptions options) : this(options, new Dictionary<string, float[]>())
    {
    }

    private NoiseSchedule(NoiseScheduleOptions options, IReadOnlyDictionary<string, float[]> buffers)
    {
        options.Validate();
        Options = options;
        BetasBeforeRescale = SquaredLinearBetas(options.LinearStart, options.LinearEnd, options.Timesteps);
        BetasFloat64 = options.RescaleBetasZeroSnr ? RescaleZeroTerminalSnr(BetasBeforeRescale.Span) : BetasBeforeRescale;
        var alphasCumprod = CumulativeAlphas(BetasFloat64.Span);

        _betas = Buffer("betas", () => Array.ConvertAll(BetasFloat64.ToArray(), ToFloat));
        _alphasCumprod = Buffer("alphas_cumprod", () => Array.ConvertAll(alphasCumprod, ToFloat));
        _alphasCumprodPrev = Buffer("alphas_cumprod_prev", () => [1f, .. Array.ConvertAll(alphasCumprod, ToFloat)[..^1]]);
        _sqrtAlphasCumprod = Buffer("sqrt_alphas_cumprod", () => Array.ConvertAll(alphasCumprod, a => (float)Math.Sqrt(a)));
        _sqrtOneMinusAlphasCumprod = Buffer(
            "sqrt_one_minus_alphas_cumprod", () => Array.ConvertAll(alphasCumprod, a => (float)Math.Sqrt(1 - a)));
        _scaleArr = options.UseDynamicRescale
            ? Buffer("scale_arr", () => DynamicScales(options), options.TurningStep + options.Timesteps)
            : [];

        float[] Buffer(string name, Func<float[]> compute, int? length = null)
        {
            if (!buffers.TryGetValue(name, out var stored))
            {
                return compute();
            }

            var expected = length ?? options.Timesteps;
            if (stored.Length != expected)
            {
                throw new SamplingException(
                    $"checkpoint buffer {name}: expected {expected} values, found {stored.Length}; the checkpoint belongs to another schedule");
            }

            var bad = Array.FindIndex(stored, v => !float.IsFinite(v));
            return bad < 0
                ? [.. stored]
                : throw new SamplingException($"checkpoint buffer {name}: value {bad} is {stored[bad]}; the checkpoint is damaged");
        }
    }

    /// <summary>
    /// The schedule of a checkpoint: every buffer in <paramref name="buffers"/> (by its name in the state_dict, e.g.
    /// <c>alphas_cumprod</c>) wins over the computed one; the others are computed. Unknown names are ignored.
    /// </summary>
    /// <exception cref="SamplingException">A setting is out of range, a buffer has the wrong length or is not finite.</exception>
    public static NoiseSchedule FromBuffers(NoiseScheduleOptions options, IReadOnlyDictionary<string, float[]> buffers) =>
        new(options, buffers);

    /// <summary>The state_dict names that <see cref="FromBuffers"/> reads.</summary>
    public static IReadOnlyList<string> BufferNames { get; } =
    [
        "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod", "scale_arr",
    ];

    public NoiseScheduleOptions Options { get; }

    /// <summary>N.</summary>
    public int Timesteps => Options.Timesteps;

    /// <summary>Betas [N] float64 before the zero-SNR rescale.</summary>
    public ReadOnlyMemory<double> BetasBeforeRescale { get; }

    /// <summary>Betas [N] float64 of the schedule in use (rescaled where the options say so).</summary>
    public ReadOnlyMemory<double> BetasFloat64 { get; }

    /// <summary>beta_t [N].</summary>
    public ReadOnlySpan<float> Betas => _betas;

    /// <summary>abar_t = prod_(s &lt;= t) (1 - beta_s) [N]; exactly 0 at the end of a zero-SNR schedule.</summary>
    public ReadOnlySpan<float> AlphasCumprod => _alphasCumprod;

    /// <summary>abar_(t-1) [N], 1 at t = 0.</summary>
    public ReadOnlySpan<float> AlphasCumprodPrev => _alphasCumprodPrev;

    /// <summary>sqrt(abar_t) [N].</summary>
    public ReadOnlySpan<float> SqrtAlphasCumprod => _sqrtAlphasCumprod;

    /// <summary>sqrt(1 - abar_t) [N].</summary>
    public ReadOnlySpan<float> SqrtOneMinusAlphasCumprod => _sqrtOneMinusAlphasCumprod;

    /// <summary>Scale of the dynamic rescale by timestep [turning_step + N]; empty where it is off.</summary>
    public ReadOnlySpan<float> ScaleArr => _scaleArr;

    private static float ToFloat(double value) => (float)value;

    private static double[] SquaredLinearBetas(double start, double end, int count)
    {
        double first = Math.Sqrt(start), last = Math.Sqrt(end), step = (last - first) / (count - 1);
        var betas = new double[count];
        for (var i = 0; i < count; i++)
        {
            // Both halves count from their own end, as torch.linspace does, so that the last value is exact.
            var root = i < count / 2 ? first + step * i : last - step * (count - 1 - i);
            betas[i] = root * root;
        }

        return betas;
    }

    private static double[] RescaleZeroTerminalSnr(ReadOnlySpan<double> betas)
    {
        var roots = Array.ConvertAll(CumulativeAlphas(betas), Math.Sqrt);
        double first = roots[0], last = roots[^1], gain = first / (first - last);
        var squares = Array.ConvertAll(roots, s => (s - last) * gain * ((s - last) * gain));
        var rescaled = new double[squares.Length];
        rescaled[0] = 1 - squares[0];
        for (var i = 1; i < rescaled.Length; i++)
        {
            rescaled[i] = 1 - squares[i] / squares[i - 1];
        }

        return rescaled;
    }

    private static double[] CumulativeAlphas(ReadOnlySpan<double> betas)
    {
        var products = new double[betas.Length];
        var product = 1.0;
        for (var i = 0; i < betas.Length; i++)
        {
            product *= 1 - betas[i];
            products[i] = product;
        }

        return products;
    }

    private static float[] DynamicScales(NoiseScheduleOptions options)
    {
        var scales = new float[options.TurningStep + options.Timesteps];
        Array.Fill(scales, (float)options.BaseScale);
        var step = options.TurningStep > 1 ? (options.BaseScale - 1) / (options.TurningStep - 1) : 0;
        for (var i = 0; i < Math.Max(1, options.TurningStep - 1); i++)
        {
            scales[i] = (float)(1 + i * step);
        }

        return scales;
    }
}
