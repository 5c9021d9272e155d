using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>One world-model call of several episodes, denoised together.</summary>
internal static class ImaginedRound
{
    /// <summary>The frames of every episode as the video has them, which the caller owns; advances the episodes.</summary>
    public static IReadOnlyList<IReadOnlyList<Image>> Run(
        WorldModel model, IReadOnlyList<ImaginedEpisode> episodes, DdimSchedule schedule, HeadScheduler heads, long seed, CancellationToken cancellation)
    {
        List<ConditionedSample> samples = [];
        try
        {
            samples.AddRange(episodes.Select(episode => Begin(model, episode, schedule, heads, seed)));
            while (!samples[0].State.IsFinished)
            {
                cancellation.ThrowIfCancellationRequested();
                DdimSampler.Step([.. samples.Select(s => s.State)], input => ConditionedSample.Network(model.UNet, input));
            }

            return [.. episodes.Zip(samples, (episode, sample) => Finish(model, episode, sample))];
        }
        finally
        {
            samples.ForEach(s => s.Dispose());
        }
    }

    private static ConditionedSample Begin(WorldModel model, ImaginedEpisode episode, DdimSchedule schedule, HeadScheduler heads, long seed)
    {
        using var scope = NewDisposeScope();
        var plan = episode.Plan;
        var noise = new NoiseStream(new PhiloxNoise(), seed, plan.Id, episode.Round, SamplingPhase.World);
        var (images, states, actions) = episode.Observe();
        using var features = ObservationFeatureSet.Compute(model, images, states);
        using var text = model.Text.Embed(plan.Instruction);
        var context = model.Conditions.Assemble(features.Tokens, text, actions, simMode: true);
        var concat = PosteriorNoise.Sample(features.PosteriorMean, features.PosteriorStd, noise, (int)images.size(2), plan.PerFrameAutoencoder)
            .mul_(model.FirstStage.ScaleFactor);
        return ConditionedSample.Begin(
            model, plan.Id, context, null, concat, features.Heads, plan.FrameRateCondition, schedule, heads, noise, PredictedStreams.State);
    }

    private static IReadOnlyList<Image> Finish(WorldModel model, ImaginedEpisode episode, ConditionedSample sample)
    {
        using var result = sample.State.Finish();
        // [1, 4, T, h, w] -> [T, 4, h, w].
        var frames = model.FirstStage.DecodeScaled(result.Latent.squeeze(0).transpose(0, 1));
        episode.Advance(frames, result.State);
        return FramePictures.FromTensor(frames);
    }
}
