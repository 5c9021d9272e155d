using WorldModelActors.Media;
using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>
/// Quality of a world model whose directory holds <c>prompts/</c> and <c>truth/</c>: world-model mode from the first observation with the
/// recorded actions, several rounds one after the other, PSNR and SSIM of the frames as the video has them (8 bits, truncated) against the
/// true ones, averaged over frames and prompts. Not thread-safe.
/// </summary>
public sealed class WorldModelQuality : IDisposable
{
    private readonly string _directory;
    private readonly WorldModel _model;
    private readonly NoiseSchedule _noise;
    private readonly PromptDirectory _prompts;

    private WorldModelQuality(string directory, WorldModel model)
    {
        _directory = directory;
        _model = model;
        _noise = model.NoiseSchedule();
        _prompts = PromptDirectory.Open(Path.Combine(directory, "prompts"));
    }

    /// <summary>Frames of a round.</summary>
    public int FramesPerRound => _model.Options.UNet.TemporalLength;

    /// <summary>Opens a model directory.</summary>
    /// <exception cref="VerifyException">It has no weights.</exception>
    public static WorldModelQuality Open(string directory, Device? device = null)
    {
        var configuration = ModelConfiguration.Load(directory);
        var checkpoint = configuration.CheckpointPath ?? throw new VerifyException($"{directory}: there are no weights in this directory");
        var weights = CheckpointWeights.Open(checkpoint, device);
        var model = WorldModel.Build(configuration.Options, weights);
        try
        {
            weights.Complete();
            return new WorldModelQuality(directory, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Mean quality after 1, 2, ... rounds: element k covers the frames of the rounds 0 .. k of all prompts.</summary>
    /// <param name="run">What to measure.</param>
    /// <param name="cancellation">Heeded between denoising steps.</param>
    public IReadOnlyList<FrameQuality> Measure(QualityRun run, CancellationToken cancellation = default)
    {
        var schedule = new DdimSchedule(_noise, run.DdimSteps, run.DdimEta);
        var heads = new HeadScheduler(_model.Options.Diffusion.Timesteps);
        var (height, width) = _model.Options.ImageSize;
        List<List<FrameQuality>> rounds = [.. Enumerable.Range(0, run.Rounds).Select(_ => new List<FrameQuality>())];
        foreach (var rows in _prompts.Rows.Chunk(run.Batch))
        {
            using var scope = NewDisposeScope();
            List<ImaginedEpisode> episodes = [.. rows.Select(row => new ImaginedEpisode(_model, _prompts, row, run, height, width))];
            for (var round = 0; round < run.Rounds; round++)
            {
                var pictures = ImaginedRound.Run(_model, episodes, schedule, heads, run.Seed, cancellation);
                foreach (var (row, frames) in rows.Zip(pictures))
                {
                    using var truth = new TrueFrames(_directory, row, height, width);
                    rounds[round].AddRange(Compare(frames, truth, (round * FramesPerRound) + 1));
                }
            }
        }

        return [.. rounds.Select((_, k) => Mean(rounds.Take(k + 1).SelectMany(r => r)))];
    }

    /// <summary>Mean quality of frame 0 repeated, as if nothing moved: shows that the measure is the reference's.</summary>
    public FrameQuality MeasureRepeatedFirstFrame(int frames) =>
        OverPrompts(truth => Compare([.. Enumerable.Range(0, frames).Select(_ => truth[0])], truth, 1));

    /// <summary>Mean quality of the true frames through the autoencoder (posterior's mean): the best that any run can reach.</summary>
    public FrameQuality MeasureAutoencoder(int frames) => OverPrompts(truth =>
    {
        using var scope = NewDisposeScope();
        using var posterior = _model.FirstStage.EncodePosterior(truth.Values(1, frames).to(_model.Device));
        return Compare(FramePictures.FromTensor(_model.FirstStage.Autoencoder.Decode(posterior.Mean)), truth, 1);
    });

    public void Dispose() => _model.Dispose();

    private static FrameQuality Mean(IEnumerable<FrameQuality> qualities)
    {
        var all = qualities.ToList();
        return new FrameQuality(all.Average(q => q.Psnr), all.Average(q => q.Ssim));
    }

    /// <summary>Picture i against true frame first + i; disposes the pictures.</summary>
    private static List<FrameQuality> Compare(IReadOnlyList<Image> pictures, TrueFrames truth, int first)
    {
        List<FrameQuality> qualities = [];
        for (var i = 0; i < pictures.Count; i++)
        {
            using var picture = pictures[i];
            using var expected = truth[first + i];
            qualities.Add(FrameQuality.Of(picture, expected));
        }

        return qualities;
    }

    private FrameQuality OverPrompts(Func<TrueFrames, List<FrameQuality>> measure)
    {
        var (height, width) = _model.Options.ImageSize;
        return Mean(_prompts.Rows.SelectMany(row =>
        {
            using var truth = new TrueFrames(_directory, row, height, width);
            return measure(truth);
        }));
    }
}
