using WorldModelActors.Models;

namespace WorldModelActors.Rollout.Tests;

/// <summary>The smallest world model of the family, with random weights: an episode takes milliseconds.</summary>
public sealed class TinyWorld : IDisposable
{
    private const int Width = 16;
    private const int TextLength = 77;

    public TinyWorld()
    {
        Model = Build();
        foreach (var text in new[] { "", "push" })
            Model.Text.Embed(text).Dispose();
    }

    public static WorldModelOptions Options { get; } = new()
    {
        Diffusion = new DiffusionOptions(),
        UNet = new UNetOptions
        {
            ModelChannels = 32,
            ChannelMult = [1],
            NumResBlocks = 1,
            AttentionResolutions = [1],
            NumHeadChannels = 16,
            ContextDim = Width,
            Head = new HeadOptions
            {
                DiffusionStepEmbedDim = 8,
                DownDims = [8],
                LatentSize = (4, 4),
                ImageSize = (8, 8),
                ResNetPlanes = [16, 16, 16, 16],
                SpatialSoftmaxKeyPoints = 4,
            },
            TokenProjector = new TokenProjectorOptions { Dim = Width, DimHead = 8, Heads = 2, OutputDim = Width },
        },
        Autoencoder = new AutoencoderOptions { Channels = 32, ChannelMult = [1, 1], NumResBlocks = 1 },
        ClipText = new ClipTextOptions { Width = Width, Heads = 2, Layers = 2, EmbedDim = Width, VocabSize = 8, ContextLength = TextLength },
        ClipImage = new ClipImageOptions
        {
            Width = Width,
            HeadWidth = 8,
            Layers = 1,
            PatchSize = 112,
            EmbedDim = Width,
            TextLeftovers = new ClipTextOptions { Width = Width, Heads = 2, Layers = 1, EmbedDim = Width, VocabSize = 2, ContextLength = TextLength },
        },
        Resampler = new ResamplerOptions { Dim = Width, Depth = 1, DimHead = 8, Heads = 2, NumQueries = 16, EmbeddingDim = Width, OutputDim = Width },
        GlobalEmbDim = Width,
        LatentSize = (4, 4),
        ImageSize = (8, 8),
    };

    public WorldModel Model { get; }

    public static WorldModel Build() => WorldModel.Build(
        Options,
        new RandomWeights(11, Options.LatentSize, WorldModelSchedule.ComputedBuffers(Options.Diffusion)),
        text => [1, text.Length % 5, 2, .. new long[TextLength - 3]]);

    /// <summary>An episode of one denoising step a call.</summary>
    public static (EpisodePlan Plan, EpisodeStart Start) Episode(string id, int iterations, int executeSteps)
    {
        var values = new float[3 * 8 * 8];
        for (var i = 0; i < values.Length; i++)
            values[i] = MathF.Sin((i * 0.37f) + id.Length + (id.Length > 0 ? id[^1] : 0));
        var plan = new EpisodePlan
        {
            Id = id,
            Instruction = "push",
            Iterations = iterations,
            ExecuteSteps = executeSteps,
            DdimSteps = 1,
            FrameRateCondition = 7,
            ActionDim = 5,
            StateDim = 6,
        };
        return (plan, new EpisodeStart(values, new float[16]));
    }

    public void Dispose() => Model.Dispose();
}
