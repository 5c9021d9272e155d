using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>The joined video: its shape and the mean of each of its frames, from the recorded latents.</summary>
internal static class FullVideo
{
    private const string Shape = "full_video_shape";
    private const string Means = "full_video_frame_means";

    public static void Check(GoldenModel model, RolloutRecord record, CheckSheet sheet)
    {
        var steps = record.Plan.ExecuteSteps;
        if (record.File.Contains(Shape))
        {
            var (height, width) = model.Options.ImageSize;
            sheet.CompareExactly(Shape, [1, 3, record.Iterations * steps, height, width], record.File.Integers(Shape), Shape);
        }

        if (record.File.Contains(Means))
        {
            var means = Enumerable.Range(0, record.Iterations).Select(iteration =>
            {
                using var scope = NewDisposeScope();
                var latents = record[iteration, SamplingPhase.World, "latent"].squeeze(0).transpose(0, 1).narrow(0, 0, steps);
                return model.Model.FirstStage.DecodeScaled(latents).mean([1, 2, 3]).MoveToOuterDisposeScope();
            });
            sheet.Compare(Means, cat([.. means]), Tolerances.Synthesis);
        }
    }
}
