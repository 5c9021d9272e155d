namespace WorldModelActors.Models;

/// <summary>
/// Noise schedule arrays as the checkpoint carries them; values from the file win over computed ones. Arrays are read on
/// first use, so that a model without elements (meta device) can be built too.
/// </summary>
public sealed class ScheduleBuffers
{
    private readonly Tensor _betas;
    private readonly Tensor _alphasCumprod;
    private readonly Tensor _alphasCumprodPrev;
    private readonly Tensor _sqrtAlphasCumprod;
    private readonly Tensor _sqrtOneMinusAlphasCumprod;
    private readonly Tensor _sqrtRecipAlphasCumprod;
    private readonly Tensor _sqrtRecipM1AlphasCumprod;
    private readonly Tensor? _scale;

    /// <summary>Declares the schedule's keys at the root of <paramref name="weights"/>.</summary>
    internal ScheduleBuffers(IWeights weights, DiffusionOptions options)
    {
        var steps = options.Timesteps;
        _betas = weights.Buffer("betas", steps);
        _alphasCumprod = weights.Buffer("alphas_cumprod", steps);
        _alphasCumprodPrev = weights.Buffer("alphas_cumprod_prev", steps);
        _sqrtAlphasCumprod = weights.Buffer("sqrt_alphas_cumprod", steps);
        _sqrtOneMinusAlphasCumprod = weights.Buffer("sqrt_one_minus_alphas_cumprod", steps);
        weights.Unused("log_one_minus_alphas_cumprod", [steps], isBuffer: true);
        _sqrtRecipAlphasCumprod = weights.Buffer("sqrt_recip_alphas_cumprod", steps);
        _sqrtRecipM1AlphasCumprod = weights.Buffer("sqrt_recipm1_alphas_cumprod", steps);
        weights.Unused("posterior_variance", [steps], isBuffer: true);
        weights.Unused("posterior_log_variance_clipped", [steps], isBuffer: true);
        weights.Unused("posterior_mean_coef1", [steps], isBuffer: true);
        weights.Unused("posterior_mean_coef2", [steps], isBuffer: true);
        _scale = options.UseDynamicRescale ? weights.Buffer("scale_arr", steps + options.TurningStep) : null;
    }

    /// <summary>β [1000].</summary>
    public float[] Betas => field ??= Read(_betas);

    /// <summary>ᾱ [1000]; the last is 0 with zero terminal SNR.</summary>
    public float[] AlphasCumprod => field ??= Read(_alphasCumprod);

    /// <summary>ᾱ of the step before, 1 at step 0 [1000].</summary>
    public float[] AlphasCumprodPrev => field ??= Read(_alphasCumprodPrev);

    /// <summary>√ᾱ [1000].</summary>
    public float[] SqrtAlphasCumprod => field ??= Read(_sqrtAlphasCumprod);

    /// <summary>√(1 - ᾱ) [1000].</summary>
    public float[] SqrtOneMinusAlphasCumprod => field ??= Read(_sqrtOneMinusAlphasCumprod);

    /// <summary>√(1 / ᾱ) [1000]; all zero in a v-prediction model.</summary>
    public float[] SqrtRecipAlphasCumprod => field ??= Read(_sqrtRecipAlphasCumprod);

    /// <summary>√(1 / ᾱ - 1) [1000]; all zero in a v-prediction model.</summary>
    public float[] SqrtRecipM1AlphasCumprod => field ??= Read(_sqrtRecipM1AlphasCumprod);

    /// <summary>Dynamic rescale [1000 + turning step], indexed by timestep; null where the model does not rescale.</summary>
    public float[]? Scale => _scale is null ? null : field ??= Read(_scale);

    private static float[] Read(Tensor buffer) => buffer.data<float>().ToArray();
}
