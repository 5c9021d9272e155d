using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>
/// A complete sampling run: every step from its recorded state, the action and state updates from the recorded head outputs, and the
/// whole run from its initial noise.
/// </summary>
internal sealed class SamplingRunCheck : IGoldenCheck
{
    public string Name => "ddim_";

    public string? Upstream => "DDIMSampler.sample";

    public void Run(GoldenSession session, GoldenEntry entry, GoldenFile file, CheckSheet sheet)
    {
        sheet.Inputs("c_concat_one_frame", "c_crossattn", "uc_crossattn", "obs_image", "obs_state", "fs", "x_T", "action_T", "state_T", "step_noise");
        var model = session.Model;
        var source = new SamplingRunSource(model, entry, file);
        sheet.CompareExactly("timesteps_desc", source.DescendingTimesteps, file.Integers("timesteps_desc"), "timesteps_desc");
        HeadUpdates(source.Schedule, model.Heads, "action", file, sheet);
        HeadUpdates(source.Schedule, model.Heads, "state", file, sheet);

        using var run = source.Prepare(source.Input);
        StepByStep(run, file, sheet);
        using var result = run.Sample();
        var sensitivity = new RunSensitivity(source, result);
        var tolerance = source.IsGuided ? Tolerances.GuidedSamplingRunStream : Tolerances.SamplingRunStream;
        sheet.Compare("latent", result.Latent, Tolerances.Synthesis);
        sheet.Compare("action", result.Action, tolerance, () => sensitivity.Action);
        sheet.Compare("state", result.State, tolerance, () => sensitivity.State);
    }

    private static void StepByStep(SamplingRun run, GoldenFile file, CheckSheet sheet)
    {
        using var sample = run.Begin();
        var latents = file["per_step.x_prev"];
        List<Tensor> previous = [], x0 = [], actions = [], states = [];
        for (var step = 0; step < sample.StepCount; step++)
        {
            sample.Restore(
                step == 0 ? file["x_T"] : latents.select(0, step - 1),
                file["per_step.in_action"].select(0, step),
                file["per_step.in_state"].select(0, step));
            DdimSampler.Step([sample], run.Network, (_, done) =>
            {
                // The tensors of a step end with it.
                previous.Add(Kept(done.PreviousLatent));
                x0.Add(Kept(done.PredictedX0));
                actions.Add(Kept(done.ActionNoise!));
                states.Add(Kept(done.StateNoise!));
            });
        }

        sheet.CompareRows("per_step.x_prev", previous, Tolerances.Synthesis);
        if (file.Contains("per_step.pred_x0"))
        {
            sheet.CompareRows("per_step.pred_x0", x0, Tolerances.Synthesis);
        }

        sheet.CompareRows("per_step.out_action", actions, Tolerances.Synthesis);
        sheet.CompareRows("per_step.out_state", states, Tolerances.Synthesis);
        foreach (var tensor in (IEnumerable<Tensor>)[.. previous, .. x0, .. actions, .. states])
        {
            tensor.Dispose();
        }
    }

    private static Tensor Kept(Tensor tensor) => tensor.clone().DetachFromDisposeScope();

    /// <summary>What went into each step is the update of what went into the one before by the recorded head output.</summary>
    private static void HeadUpdates(DdimSchedule schedule, HeadScheduler heads, string stream, GoldenFile file, CheckSheet sheet)
    {
        var name = $"per_step.in_{stream}";
        Tensor inputs = file[name], outputs = file[$"per_step.out_{stream}"];
        List<Tensor> actual = [file[$"{stream}_T"]], expected = [inputs.select(0, 0)];
        for (var step = 0; step < schedule.Count; step++)
        {
            var coefficients = HeadSteps.Coefficients(StepCoefficients.At(schedule, heads, step).Head);
            actual.Add(DdimStepper.StepHead(inputs.select(0, step), outputs.select(0, step), coefficients).Previous);
            expected.Add(step + 1 < schedule.Count ? inputs.select(0, step + 1) : file[stream]);
        }

        sheet.CompareAll(name, actual, expected, Tolerances.Module, name);
    }
}
