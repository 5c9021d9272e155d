using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify.Tests;

/// <summary>
/// World-model mode on the demo prompts: the first round of 16 frames from the first observation and the recorded actions, compared with
/// the true frames as the video has them (8 bits, truncated).
/// </summary>
internal sealed class DemoQuality : IDisposable
{
    private const int FrameStride = 1;
    private const int Frames = 16;

    private readonly WorldModel _model;
    private readonly NoiseSchedule _noise;
    private readonly HeadScheduler _heads;
    private readonly PromptDirectory _prompts;

    public DemoQuality()
    {
        var configuration = ModelConfiguration.Load(GoldenDirectories.Demo);
        var weights = CheckpointWeights.Open(configuration.CheckpointPath!);
        _model = WorldModel.Build(configuration.Options, weights);
        weights.Complete();
        _noise = _model.NoiseSchedule();
        _heads = new HeadScheduler(_model.Options.Diffusion.Timesteps);
        _prompts = PromptDirectory.Open(Path.Combine(GoldenDirectories.Demo, "prompts"));
    }

    /// <summary>Mean quality over the frames of all prompts.</summary>
    public FrameQuality Measure(int steps, double eta, long seed, CancellationToken cancellation)
    {
        var schedule = new DdimSchedule(_noise, steps, eta);
        return Mean(row =>
        {
            cancellation.ThrowIfCancellationRequested();
            return FirstRound(row, schedule, seed);
        });
    }

    /// <summary>As if nothing moved: shows that the measure is the reference's.</summary>
    public FrameQuality MeasureRepeatedFirstFrame() => Mean(row =>
    {
        using var truth = Truth(row);
        return [.. Enumerable.Repeat(0, Frames).Select(_ => Frame(truth, 0))];
    });

    /// <summary>The true frames through the autoencoder (with the posterior's mean), the best that any run can reach.</summary>
    public FrameQuality MeasureAutoencoder() => Mean(row =>
    {
        using var scope = NewDisposeScope();
        using var truth = Truth(row);
        var (height, width) = _model.Options.ImageSize;
        var frames = tensor(truth.Pixels.Slice(height * width * 3, Frames * height * width * 3).ToArray(), [Frames, height, width, 3]);
        using var posterior = _model.FirstStage.EncodePosterior((frames.permute(0, 3, 1, 2).@float() / 255 * 2) - 1);
        return FramePictures.FromTensor(_model.FirstStage.Autoencoder.Decode(posterior.Mean));
    });

    public void Dispose() => _model.Dispose();

    private IReadOnlyList<Image> FirstRound(PromptRow row, DdimSchedule schedule, long seed)
    {
        using var scope = NewDisposeScope();
        var (height, width) = _model.Options.ImageSize;
        using var start = PreparedObservation.Load(_prompts, row, FrameStride, height, width);
        var steps = start.States.Rows;
        var images = tensor(start.Image.Values.ToArray(), [1, 3, 1, height, width]).expand(1, 3, steps, height, width).contiguous();
        var states = tensor(start.States.Values, [1, steps, start.States.Columns]);
        var actions = tensor(start.Actions.Values, [1, start.Actions.Rows, start.Actions.Columns]);

        using var features = ObservationFeatureSet.Compute(_model, images, states);
        using var text = _model.Text.Embed("");
        var context = _model.Conditions.Assemble(features.Tokens, text, actions, simMode: true);
        var noise = new NoiseStream(new PhiloxNoise(), seed, row.VideoId, 0, SamplingPhase.World);
        var concat = PosteriorNoise.Sample(features.PosteriorMean, features.PosteriorStd, noise, steps, perFrame: true).mul_(_model.FirstStage.ScaleFactor);
        using var sample = ConditionedSample.Begin(
            _model, row.VideoId, context, null, concat, features.Heads, row.ModelFps(FrameStride), schedule, _heads, noise, PredictedStreams.State);
        using var result = DdimSampler.Sample(sample.State, input => ConditionedSample.Network(_model.UNet, input));
        return FramePictures.FromTensor(_model.FirstStage.DecodeScaled(result.Latent.squeeze(0).transpose(0, 1)));
    }

    private static Image Truth(PromptRow row) => Image.Load(Path.Combine(GoldenDirectories.Demo, "truth", row.VideoId + ".png"));

    /// <summary>The true frames 0, 1, ... lie one below the other; frame 0 is the observation.</summary>
    private Image Frame(Image truth, int number)
    {
        var (height, width) = _model.Options.ImageSize;
        var length = height * width * Image.Channels;
        return Image.Copy(truth.Pixels.Slice(number * length, length), height, width);
    }

    /// <summary>Mean over the frames of all prompts; picture i is compared with true frame i + 1.</summary>
    private FrameQuality Mean(Func<PromptRow, IReadOnlyList<Image>> generate)
    {
        List<FrameQuality> qualities = [];
        foreach (var row in _prompts.Rows)
        {
            using var truth = Truth(row);
            var pictures = generate(row);
            for (var i = 0; i < pictures.Count; i++)
            {
                using var picture = pictures[i];
                using var expected = Frame(truth, i + 1);
                qualities.Add(FrameQuality.Of(picture, expected));
            }
        }

        return new FrameQuality(qualities.Average(q => q.Psnr), qualities.Average(q => q.Ssim));
    }
}
