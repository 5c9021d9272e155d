using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>Joins the model's diffusion settings with the sampler's schedules.</summary>
public static class WorldModelSchedule
{
    /// <summary>The latent noise schedule of a model; the checkpoint's buffers win over computed ones.</summary>
    public static NoiseSchedule NoiseSchedule(this WorldModel model)
    {
        var b = model.Schedule;
        var buffers = new Dictionary<string, float[]>
        {
            ["betas"] = b.Betas,
            ["alphas_cumprod"] = b.AlphasCumprod,
            ["alphas_cumprod_prev"] = b.AlphasCumprodPrev,
            ["sqrt_alphas_cumprod"] = b.SqrtAlphasCumprod,
            ["sqrt_one_minus_alphas_cumprod"] = b.SqrtOneMinusAlphasCumprod,
        };
        if (b.Scale is { } scale)
            buffers["scale_arr"] = scale;
        return Sampling.NoiseSchedule.FromBuffers(OptionsOf(model.Options.Diffusion), buffers);
    }

    /// <summary>The schedule buffers, by state_dict key, that a checkpoint of these settings carries: for models without a checkpoint.</summary>
    public static IReadOnlyDictionary<string, float[]> ComputedBuffers(DiffusionOptions options)
    {
        var schedule = new NoiseSchedule(OptionsOf(options));
        var buffers = new Dictionary<string, float[]>
        {
            ["betas"] = schedule.Betas.ToArray(),
            ["alphas_cumprod"] = schedule.AlphasCumprod.ToArray(),
            ["alphas_cumprod_prev"] = schedule.AlphasCumprodPrev.ToArray(),
            ["sqrt_alphas_cumprod"] = schedule.SqrtAlphasCumprod.ToArray(),
            ["sqrt_one_minus_alphas_cumprod"] = schedule.SqrtOneMinusAlphasCumprod.ToArray(),
        };
        if (options.UseDynamicRescale)
            buffers["scale_arr"] = schedule.ScaleArr.ToArray();
        return buffers;
    }

    /// <summary>The schedule settings of a model.</summary>
    public static NoiseScheduleOptions OptionsOf(DiffusionOptions o) => new()
    {
        Timesteps = o.Timesteps,
        LinearStart = o.LinearStart,
        LinearEnd = o.LinearEnd,
        RescaleBetasZeroSnr = o.RescaleBetasZeroSnr,
        Parameterization = o.Parameterization == "v" ? Parameterization.V : Parameterization.Epsilon,
        UseDynamicRescale = o.UseDynamicRescale,
        BaseScale = o.BaseScale,
        TurningStep = o.TurningStep,
    };
}
