using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Benchmarks;

/// <summary>
/// The loop of the original script, step by step on one thread, with this program's own kernels and noise: in every iteration both
/// calls encode the observation (every observed image through the autoencoder), predict both streams, and decode all of their
/// frames one by one, waiting for each; the frames of both videos are kept in memory until the end, joined and encoded.
/// <para>
/// Better than the original in what is not the loop's doing: keys and values of the cross attentions and the heads' observation
/// features are computed once per call, not in every step; no video and no tensorboard clip is written per iteration.
/// </para>
/// </summary>
internal sealed class OriginalLoop(WorldModel model, VideoOptions video)
{
    private readonly NoiseSchedule _schedule = model.NoiseSchedule();
    private readonly HeadScheduler _heads = new(model.Options.Diffusion.Timesteps);

    /// <summary>Runs an episode.</summary>
    /// <param name="plan">What.</param>
    /// <param name="start">From where.</param>
    /// <param name="noise">The same as the pipeline's.</param>
    /// <param name="folder">Where the two videos go.</param>
    /// <returns>The executed frames [H, W, 3], and how many frames were decoded.</returns>
    public (IReadOnlyList<byte[]> Frames, int Decoded) Run(EpisodePlan plan, EpisodeStart start, INoiseSource noise, string folder)
    {
        var options = model.Options;
        var (height, width) = options.ImageSize;
        int observed = options.NumObsStepsImagen, horizon = options.UNet.Head.Horizon, dims = options.AgentActionDim;
        var ddim = new DdimSchedule(_schedule, plan.DdimSteps, plan.DdimEta, plan.Spacing);
        var decoded = 0;
        List<Tensor> executed = [], imagined = [];
        try
        {
            var first = tensor(start.Image.ToArray(), [3, height, width], device: model.Device);
            imagined.Add(first);
            var state = new EpisodeState<Tensor>(plan, observed, horizon, dims, first, start.State.Span);
            for (var iteration = 0; iteration < plan.Iterations; iteration++)
            {
                var policy = Synthesise(plan, ddim, state, iteration, SamplingPhase.Policy, null, noise);
                imagined.AddRange(policy.Frames);
                state.ApplyActions(policy.Actions);
                var world = Synthesise(plan, ddim, state, iteration, SamplingPhase.World, policy.Actions, noise);
                decoded += policy.Frames.Count + world.Frames.Count;
                executed.AddRange(world.Frames[..plan.ExecuteSteps]);
                foreach (var rest in world.Frames[plan.ExecuteSteps..])
                    rest.Dispose();
                state.ApplyFuture([.. world.Frames[..plan.ExecuteSteps].TakeLast(observed)], world.States);
            }
            return (Save(executed, imagined, Path.Combine(folder, $"{plan.Id.Replace('/', '_')}.mp4")), decoded);
        }
        finally
        {
            executed.ForEach(t => t.Dispose());
            imagined.ForEach(t => t.Dispose());
        }
    }

    private (float[] Actions, float[] States, List<Tensor> Frames) Synthesise(
        EpisodePlan plan, DdimSchedule ddim, EpisodeState<Tensor> state, int iteration, SamplingPhase phase, float[]? actions, INoiseSource noise)
    {
        using var scope = NewDisposeScope();
        var dims = model.Options.AgentActionDim;
        // [1, 3, n, H, W] and [1, n, 16].
        var images = stack(state.Images.ToArray(), 1).unsqueeze(0);
        var states = tensor(state.States.SelectMany(s => s).ToArray(), [1, state.States.Count, dims], device: model.Device);
        var observed = (int)images.size(2);
        for (var i = 0; i < observed - 1; i++)
            model.FirstStage.EncodePosterior(images.select(2, i)).Dispose();
        using var features = ObservationFeatureSet.Compute(model, images, states);
        var stream = new NoiseStream(noise, plan.Seed, plan.Id, iteration, phase);
        var concat = PosteriorNoise.Sample(features.PosteriorMean, features.PosteriorStd, stream, observed, plan.PerFrameAutoencoder)
            .mul_(model.FirstStage.ScaleFactor);
        var follow = actions is null ? null : tensor(actions, [1, actions.Length / dims, dims], device: model.Device);
        Tensor Context(string instruction)
        {
            using var text = model.Text.Embed(instruction);
            return model.Conditions.Assemble(features.Tokens, text, follow, simMode: follow is not null);
        }
        var context = Context(phase == SamplingPhase.Policy ? plan.Instruction : "");
        var unconditional = phase == SamplingPhase.Policy && plan.GuidanceScale != 1 ? Context("") : null;
        using var sample = ConditionedSample.Begin(
            model, $"{plan.Id} {iteration} {phase}", context, unconditional, concat, features.Heads, plan.FrameRateCondition, ddim, _heads, stream,
            PredictedStreams.Both, plan.GuidanceScale, plan.GuidanceRescale);
        using var result = DdimSampler.Sample(sample.State, input => ConditionedSample.Network(model.UNet, input));
        var frames = new List<Tensor>();
        for (var frame = 0; frame < result.Latent.size(2); frame++)
        {
            using var one = NewDisposeScope();
            // [1, 4, 1, h, w] -> [1, 4, h, w] -> [3, H, W]
            var picture = model.FirstStage.DecodeScaled(result.Latent.narrow(2, frame, 1).squeeze(2)).squeeze(0);
            if (model.Device.type == DeviceType.CUDA)
                cuda.synchronize(model.Device);
            frames.Add(picture.DetachFromDisposeScope());
        }
        return (result.Action.data<float>().ToArray(), result.State.data<float>().ToArray(), frames);
    }

    /// <summary>Joins and encodes both videos.</summary>
    private List<byte[]> Save(List<Tensor> executed, List<Tensor> imagined, string path)
    {
        Write(imagined[1..], Path.ChangeExtension(path, ".policy.mp4"), null);
        var frames = new List<byte[]>(executed.Count);
        Write(executed, path, frames);
        return frames;
    }

    private void Write(List<Tensor> frames, string path, List<byte[]>? kept)
    {
        using var scope = NewDisposeScope();
        var (height, width) = model.Options.ImageSize;
        using var writer = VideoWriter.Create(path, height, width, video.Fps, video.Codec);
        foreach (var picture in FramePictures.FromTensor(stack(frames.ToArray(), 0)))
        {
            using (picture)
            {
                writer.Append(picture);
                kept?.Add(picture.Pixels.ToArray());
            }
        }
        writer.Complete();
    }
}
