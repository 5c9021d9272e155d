using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>
/// The loop without the sampling: from the first observation and the recorded results of every call, the queues of every call must
/// follow. Images come from the recorded latents through the decoder, everything else exactly.
/// </summary>
internal static class QueueReplay
{
    public static void Check(GoldenModel model, RolloutRecord record, CheckSheet sheet)
    {
        var plan = record.Plan;
        var first = record.Images(0).select(0, 0);
        var states = record[0, SamplingPhase.Policy, "queue.state"];
        int steps = (int)first.size(1), dims = (int)states.size(2), horizon = model.Options.UNet.Head.Horizon;
        var state = new EpisodeState<Tensor>(plan, steps, horizon, dims, first.select(1, steps - 1), Row(states.select(1, steps - 1)));
        for (var iteration = 0; iteration < record.Iterations; iteration++)
        {
            string Name(SamplingPhase phase, string what) => record.Name(iteration, phase, what);
            var images = Name(SamplingPhase.Policy, "queue.images");
            sheet.Compare(images, stack([.. state.Images], 1).unsqueeze(0), record.File[images], Tolerances.Synthesis, images);
            Compare(Name(SamplingPhase.Policy, "queue.state"), state.States);
            Compare(Name(SamplingPhase.Policy, "queue.action"), state.Actions);

            state.ApplyActions(Row(record[iteration, SamplingPhase.Policy, "pred_actions"]));
            Compare(Name(SamplingPhase.World, "queue.state"), state.States);
            Compare(Name(SamplingPhase.World, "queue.action"), state.Actions);

            var count = Math.Min(steps, plan.ExecuteSteps);
            var latents = record[iteration, SamplingPhase.World, "latent"].squeeze(0).transpose(0, 1).narrow(0, plan.ExecuteSteps - count, count);
            state.ApplyFuture(model.Model.FirstStage.DecodeScaled(latents).unbind(0), Row(record[iteration, SamplingPhase.World, "pred_states"]));
        }

        // [rows][dims] -> [1, rows, dims].
        void Compare(string name, IReadOnlyList<float[]> rows)
        {
            float[] values = [.. rows.SelectMany(r => r)];
            sheet.Compare(name, tensor(values, [1, rows.Count, dims]), record.File[name], Tolerance.Exact, name);
        }
    }

    private static float[] Row(Tensor values) => values.contiguous().data<float>().ToArray();
}
