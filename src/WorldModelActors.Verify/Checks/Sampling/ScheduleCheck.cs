using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>
/// The schedules, computed from the configuration: the arrays of training, those of each run <c>SPACING.Sn.etae.ddim_*</c> and those of the
/// heads' scheduler, <c>head.*</c>. Needs no weights.
/// </summary>
internal sealed partial class ScheduleCheck : IGoldenCheck
{
    public string Name => "schedules";

    public string? Upstream => "register_schedule";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs(@"head\.S\d+\.\w+\.(loop_timesteps|x0|model_outputs)");
        var diffusion = session.Configuration.Diffusion;
        var noise = new NoiseSchedule(WorldModelSchedule.OptionsOf(diffusion));
        var heads = new HeadScheduler(diffusion.Timesteps);
        foreach (var name in file.Names)
        {
            if (Training(noise, name) is { } training)
            {
                sheet.Compare(name, training, Tolerances.Module);
            }
            else if (RunArray().Match(name) is { Success: true } run)
            {
                var steps = int.Parse(run.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
                var eta = double.Parse(run.Groups[3].ValueSpan, CultureInfo.InvariantCulture);
                var schedule = new DdimSchedule(noise, steps, eta, TimestepSpacings.Parse(run.Groups[1].Value));
                CheckRunArray(schedule, name, run.Groups[4].Value, sheet, file);
            }
            else if (name is "head.betas" or "head.alphas_cumprod")
            {
                sheet.Compare(name, tensor(name == "head.betas" ? heads.Betas.ToArray() : heads.AlphasCumprod.ToArray()), Tolerances.Module);
            }
            else if (HeadTimesteps().Match(name) is { Success: true } own)
            {
                var steps = int.Parse(own.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                sheet.CompareExactly(name, [.. heads.OwnTimesteps(steps).Select(t => (long)t)], file.Integers(name), name);
            }
            else if (HeadRun().Match(name) is { Success: true } head)
            {
                CheckHeadRun(heads, head.Groups[1].Value, file, sheet);
            }
        }
    }

    private static Tensor? Training(NoiseSchedule noise, string name) => name switch
    {
        "betas" => tensor(noise.Betas.ToArray()),
        "alphas_cumprod" => tensor(noise.AlphasCumprod.ToArray()),
        "alphas_cumprod_prev" => tensor(noise.AlphasCumprodPrev.ToArray()),
        "sqrt_alphas_cumprod" => tensor(noise.SqrtAlphasCumprod.ToArray()),
        "sqrt_one_minus_alphas_cumprod" => tensor(noise.SqrtOneMinusAlphasCumprod.ToArray()),
        "scale_arr" => tensor(noise.ScaleArr.ToArray()),
        "betas_float64_before_rescale" => tensor(noise.BetasBeforeRescale.ToArray()),
        "betas_float64_rescaled" => tensor(noise.BetasFloat64.ToArray()),
        _ => null,
    };

    private static void CheckRunArray(DdimSchedule schedule, string name, string array, CheckSheet sheet, GoldenFile file)
    {
        if (array == "ddim_timesteps")
        {
            sheet.CompareExactly(name, [.. schedule.Timesteps.ToArray().Select(t => (long)t)], file.Integers(name), name);
            return;
        }

        var values = array switch
        {
            "ddim_sigmas" => tensor(schedule.Sigmas.ToArray()),
            "ddim_alphas" => tensor(schedule.Alphas.ToArray()),
            "ddim_alphas_prev" => tensor(schedule.AlphasPrev.ToArray()),
            "ddim_sqrt_one_minus_alphas" => tensor(schedule.SqrtOneMinusAlphas.ToArray()),
            "ddim_scale_arr" => tensor(schedule.Scale.ToArray()),
            "ddim_scale_arr_prev" => tensor(schedule.ScalePrev.ToArray()),
            _ => null,
        };
        if (values is not null)
        {
            sheet.Compare(name, values, Tolerances.Module);
        }
    }

    /// <summary>A run of the heads' scheduler over recorded network outputs, followed from its start.</summary>
    private static void CheckHeadRun(HeadScheduler heads, string run, GoldenFile file, CheckSheet sheet)
    {
        var timesteps = file.Integers($"{run}.loop_timesteps");
        var outputs = file[$"{run}.model_outputs"];
        List<Tensor> samples = [], originals = [];
        var x = file[$"{run}.x0"];
        for (var i = 0; i < timesteps.Length; i++)
        {
            var t = (int)timesteps[i];
            var coefficients = HeadSteps.Coefficients(heads.Coefficients(t, heads.PreviousTimestep(t, timesteps.Length)));
            (x, var original) = DdimStepper.StepHead(x, outputs.select(0, i).unsqueeze(0), coefficients);
            samples.Add(x.squeeze(0));
            originals.Add(original.squeeze(0));
        }

        sheet.CompareRows($"{run}.samples_after", samples, Tolerances.Module);
        sheet.CompareRows($"{run}.pred_original_sample", originals, Tolerances.Module);
    }

    [GeneratedRegex(@"^(\w+)\.S(\d+)\.eta([\d.]+)\.(ddim_\w+)$", RegexOptions.CultureInvariant)]
    private static partial Regex RunArray();

    [GeneratedRegex(@"^head\.S(\d+)\.timesteps$", RegexOptions.CultureInvariant)]
    private static partial Regex HeadTimesteps();

    [GeneratedRegex(@"^(head\.S\d+\.\w+)\.samples_after$", RegexOptions.CultureInvariant)]
    private static partial Regex HeadRun();
}
