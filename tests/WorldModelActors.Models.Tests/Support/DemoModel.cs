namespace WorldModelActors.Models.Tests;

/// <summary>Sizes of the trained demo model (its <c>config.yaml</c> and <c>clip.json</c>).</summary>
internal static class DemoModel
{
    private static readonly ClipTextOptions s_text = new() { VocabSize = 554, Width = 64, Heads = 4, Layers = 3, EmbedDim = 64 };

    public static WorldModelOptions Options { get; } = new()
    {
        Diffusion = new DiffusionOptions { ScaleFactor = 0.166862 },
        UNet = new UNetOptions
        {
            ModelChannels = 64,
            ChannelMult = [1, 1, 1, 1],
            NumResBlocks = 1,
            NumHeadChannels = 16,
            ContextDim = 64,
            Head = new HeadOptions
            {
                DiffusionStepEmbedDim = 32,
                DownDims = [16, 24, 32, 32],
                LatentSize = (8, 8),
                ImageSize = (64, 64),
                ResNetPlanes = [16, 16, 32, 32],
                SpatialSoftmaxKeyPoints = 16,
            },
            TokenProjector = new TokenProjectorOptions { Dim = 64, DimHead = 16, Heads = 4, OutputDim = 64 },
        },
        Autoencoder = new AutoencoderOptions { Channels = 32, ChannelMult = [1, 1, 2, 2], NumResBlocks = 1 },
        ClipText = s_text,
        ClipImage = new ClipImageOptions
        {
            Width = 64,
            HeadWidth = 16,
            Layers = 2,
            PatchSize = 28,
            EmbedDim = 64,
            TextLeftovers = s_text with { VocabSize = 2, Layers = 1 },
        },
        Resampler = new ResamplerOptions { Dim = 64, Depth = 2, DimHead = 16, Heads = 4, EmbeddingDim = 64, OutputDim = 64 },
        GlobalEmbDim = 64,
        LatentSize = (8, 8),
        ImageSize = (64, 64),
    };
}
