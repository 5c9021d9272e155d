using WorldModelActors.Engine;
using WorldModelActors.Media;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>
/// The whole loop through the actors with the recorded noise, nothing but the first observation given: executed actions, states, and
/// the frames as the videos have them.
/// </summary>
internal static class FreeRun
{
    public static void Check(GoldenModel model, RolloutRecord record, CheckSheet sheet)
    {
        var plan = record.Plan with { DecodePolicyVideo = true };
        var wanted = WantedFrames(record, plan.ExecuteSteps, model.Options.UNet.TemporalLength);
        using var frames = new FrameCollector([.. wanted.Select(w => (w.Track, w.Number))]);
        List<Tensor> draws = [];
        for (var iteration = 0; iteration < record.Iterations; iteration++)
        {
            draws.AddRange(record.Draws(iteration, SamplingPhase.Policy));
            draws.AddRange(record.Draws(iteration, SamplingPhase.World));
        }

        var noise = new ReplayNoise(draws);
        var result = RunAsync(model, plan, StartOf(record), noise, frames).GetAwaiter().GetResult();
        sheet.Expect("free run completes", result.Status == EpisodeStatus.Completed, $"it ended as {result.Status}: {result.Cause}");
        if (result.Status != EpisodeStatus.Completed)
        {
            return;
        }

        sheet.CompareExactly("free run: frames written, noises left", [result.Frames, noise.Remaining], [plan.Iterations * plan.ExecuteSteps, 0]);
        var dims = record[0, SamplingPhase.Policy, "pred_actions"].size(2);
        Compare("actions", SamplingPhase.Policy, "pred_actions", plan.ActionDim, result.Actions);
        Compare("states", SamplingPhase.World, "pred_states", plan.ZeroPredictedState ? 0 : plan.StateDim, result.States);
        if (wanted.Count > 0)
        {
            sheet.CompareAll(
                "free run: video frames in levels",
                [.. wanted.Select(w => frames.Frame(w.Track, w.Number))],
                [.. wanted.Select(w => Levels(w.Recorded))],
                Tolerances.RolloutFrameLevels);
        }

        void Compare(string what, SamplingPhase phase, string name, int ownDims, float[] values)
        {
            var expected = cat([.. Enumerable.Range(0, plan.Iterations).Select(i => record[i, phase, name].squeeze(0).narrow(0, 0, plan.ExecuteSteps))]).clone();
            expected.narrow(1, ownDims, dims - ownDims).zero_();
            sheet.Compare($"free run: {what}", tensor(values, [values.Length / dims, dims]), expected, Tolerances.RolloutStream);
        }
    }

    private static async Task<EpisodeResult> RunAsync(GoldenModel model, EpisodePlan plan, EpisodeStart start, ReplayNoise noise, IFrameSink frames)
    {
        await using var node = await RolloutNode.StartAsync(EmbeddedEngine.Instance, model.Model).ConfigureAwait(false);
        return await node.RunAsync(plan, start, noise, frames).ConfigureAwait(false);
    }

    private static EpisodeStart StartOf(RolloutRecord record)
    {
        var images = record.Images(0).squeeze(0);
        var states = record[0, SamplingPhase.Policy, "queue.state"].squeeze(0);
        return new EpisodeStart(
            images.select(1, images.size(1) - 1).contiguous().data<float>().ToArray(),
            states.select(0, states.size(0) - 1).contiguous().data<float>().ToArray());
    }

    /// <summary>Recorded frames that a video has: all of the policy's, the executed ones of the world's.</summary>
    private static List<(FrameTrack Track, int Number, Tensor Recorded)> WantedFrames(RolloutRecord record, int executed, int frames)
    {
        List<(FrameTrack, int, Tensor)> wanted = [];
        for (var iteration = 0; iteration < record.Iterations; iteration++)
        {
            foreach (var (phase, track, count) in new[] { (SamplingPhase.Policy, FrameTrack.Policy, frames), (SamplingPhase.World, FrameTrack.World, executed) })
            {
                if (!record.Contains(iteration, phase, "decoded_frames"))
                {
                    continue;
                }

                var recorded = record[iteration, phase, "decoded_frames"];
                var numbers = record.File.Integers(record.Name(iteration, phase, "decoded_frame_numbers"));
                wanted.AddRange(numbers.Select((number, i) => (number, i)).Where(n => n.number < count)
                    .Select(n => (track, (iteration * count) + (int)n.number, recorded.select(0, n.i))));
            }
        }

        return wanted;
    }

    /// <summary>A frame [3, H, W] as a video has it, [H, W, 3] of 0..255.</summary>
    private static Tensor Levels(Tensor frame)
    {
        using var picture = VideoFrames.ToImage(frame.contiguous().data<float>().ToArray(), (int)frame.size(1), (int)frame.size(2));
        return tensor(picture.Pixels.ToArray(), [picture.Height, picture.Width, 3]);
    }
}
