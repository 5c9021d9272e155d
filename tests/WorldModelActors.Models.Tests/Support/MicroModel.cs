namespace WorldModelActors.Models.Tests;

/// <summary>Sizes of the golden set's micro model (<c>micro/config.json</c>; the towers' sizes as its tensors have them).</summary>
internal static class MicroModel
{
    private static readonly ClipTextOptions s_text = new() { VocabSize = 64, Width = 16, Heads = 2, Layers = 2, EmbedDim = 16 };

    public static WorldModelOptions Options { get; } = new()
    {
        Diffusion = new DiffusionOptions(),
        UNet = new UNetOptions
        {
            ModelChannels = 32,
            ChannelMult = [1, 1, 1, 1],
            NumResBlocks = 1,
            NumHeadChannels = 8,
            ContextDim = 16,
            Head = new HeadOptions
            {
                DiffusionStepEmbedDim = 8,
                DownDims = [8, 8, 8, 8],
                LatentSize = (8, 8),
                ImageSize = (64, 64),
                ResNetPlanes = [16, 16, 16, 16],
                SpatialSoftmaxKeyPoints = 4,
            },
            TokenProjector = new TokenProjectorOptions { Dim = 16, DimHead = 4, Heads = 2, OutputDim = 16 },
        },
        Autoencoder = new AutoencoderOptions { Channels = 32, ChannelMult = [1, 1, 1, 1], NumResBlocks = 1 },
        ClipText = s_text,
        ClipImage = new ClipImageOptions
        {
            Width = 16,
            HeadWidth = 8,
            Layers = 2,
            PatchSize = 56,
            EmbedDim = 16,
            TextLeftovers = s_text with { VocabSize = 8 },
        },
        Resampler = new ResamplerOptions { Dim = 8, Depth = 1, DimHead = 4, Heads = 2, EmbeddingDim = 16, OutputDim = 16 },
        GlobalEmbDim = 16,
        LatentSize = (8, 8),
        ImageSize = (64, 64),
        HasEmaHead = true,
    };
}
