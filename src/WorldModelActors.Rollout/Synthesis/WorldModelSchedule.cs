using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>Joins the model's diffusion settings with the sampler's schedules.</summary>
public static class WorldModelSchedule
{
    /// <summary>The latent noise schedule of a model; the checkpoint's buffers win over computed ones.</summary>
    public static NoiseSchedule NoiseSchedule(this WorldModel model)
    {
        var o = model.Options.Diffusion;
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
        return Sampling.NoiseSchedule.FromBuffers(
            new NoiseScheduleOptions
            {
                Timesteps = o.Timesteps,
                LinearStart = o.LinearStart,
                LinearEnd = o.LinearEnd,
                RescaleBetasZeroSnr = o.RescaleBetasZeroSnr,
                Parameterization = o.Parameterization == "v" ? Parameterization.V : Parameterization.Epsilon,
                UseDynamicRescale = o.UseDynamicRescale,
                BaseScale = o.BaseScale,
                TurningStep = o.TurningStep,
            },
            buffers);
    }
}
