namespace WorldModelActors.Models.Tests;

/// <summary>Sizes of the golden set's tiny model (its <c>config.json</c>).</summary>
internal static class TinyModel
{
    public static AutoencoderOptions Autoencoder { get; } = new() { Channels = 32, ChannelMult = [1, 1, 1, 2] };

    public static ClipTextOptions ClipText { get; } = new() { Width = 24, Heads = 2, Layers = 3, EmbedDim = 24 };

    public static ClipImageOptions ClipImage { get; } = new()
    {
        Width = 48,
        HeadWidth = 16,
        Layers = 3,
        PatchSize = 32,
        EmbedDim = 24,
        TextLeftovers = ClipText with { VocabSize = 8 },
    };

    public static ResamplerOptions Resampler { get; } = new()
    {
        Dim = 24,
        Depth = 2,
        DimHead = 8,
        Heads = 3,
        EmbeddingDim = 48,
        OutputDim = 24,
    };

    /// <summary>The whole tiny model.</summary>
    public static WorldModelOptions Options { get; } = new()
    {
        Diffusion = new DiffusionOptions(),
        UNet = new UNetOptions
        {
            ModelChannels = 32,
            ChannelMult = [1, 1, 1, 2],
            NumHeadChannels = 8,
            ContextDim = 24,
            Head = new HeadOptions
            {
                DiffusionStepEmbedDim = 16,
                DownDims = [16, 24, 32, 40],
                LatentSize = (8, 16),
                ImageSize = (64, 128),
                ResNetPlanes = [16, 16, 32, 32],
                SpatialSoftmaxKeyPoints = 16,
            },
            TokenProjector = new TokenProjectorOptions { Dim = 24, DimHead = 8, Heads = 3, OutputDim = 24 },
        },
        Autoencoder = Autoencoder,
        ClipText = ClipText,
        ClipImage = ClipImage,
        Resampler = Resampler,
        GlobalEmbDim = 24,
        LatentSize = (8, 16),
        ImageSize = (64, 128),
    };
}
