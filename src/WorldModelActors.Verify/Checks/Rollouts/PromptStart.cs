using WorldModelActors.Media;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>The first observation and the frame-rate condition, from the prompt's files.</summary>
internal static class PromptStart
{
    public static void Check(GoldenSession session, GoldenEntry entry, RolloutRecord record, CheckSheet sheet)
    {
        var rates = Enumerable.Range(0, record.Iterations)
            .SelectMany(i => new[] { (i, SamplingPhase.Policy), (i, SamplingPhase.World) })
            .Select(call => record.Name(call.Item1, call.Item2, "fs"))
            .ToArray();
        if (RecordedStart.Prompts(session) is not { } prompts)
        {
            sheet.Skip("first observation", "needs prompts/, which is not in this directory", rates);
            return;
        }

        var row = RecordedStart.Row(prompts, entry.Parameters);
        var stride = entry.Parameters.Integer("frame_stride");
        var images = record.Images(0);
        var states = record[0, SamplingPhase.Policy, "queue.state"];
        using var observation = PreparedObservation.Load(prompts, row, stride, (int)images.size(3), (int)images.size(4));
        var image = tensor(observation.Image.Values.ToArray(), [1, 3, 1, images.size(3), images.size(4)]);
        sheet.Compare("first image from prompts/", image.expand(images.shape), images, Tolerances.Module);
        var state = tensor(observation.States.Row(observation.States.Rows - 1).ToArray(), [1, 1, states.size(2)]);
        sheet.Compare("first state from prompts/", state.expand(states.shape), states, Tolerances.Module);
        sheet.CompareExactly(
            "robot's dimensions from prompts/", [observation.ActionWidth, observation.StateWidth], [record.Plan.ActionDim, record.Plan.StateDim]);
        sheet.CompareExactly(
            "fs of every call", [.. rates.Select(_ => row.ModelFps(stride))], [.. rates.Select(name => record.File.Integers(name)[0])], rates);
    }
}
