namespace WorldModelActors.Models;

/// <summary>
/// OpenCLIP vision transformer as a token encoder (upstream <c>FrozenOpenCLIPImageEmbedderV2</c>): all tokens straight
/// after the last block, class token first; no ln_post, no projection. Keys below <c>embedder.model.</c>, where the text
/// tower's left-overs lie too.
/// </summary>
public sealed class ClipImageEncoder
{
    private readonly Tensor _patchWeight;
    private readonly Tensor _classEmbedding;
    private readonly Tensor _positionalEmbedding;
    private readonly LayerNormLayer _normPre;
    private readonly ClipTransformer _transformer;

    public ClipImageEncoder(IWeights weights, ClipImageOptions options)
    {
        Options = options;
        DeclareTextLeftovers(weights, options.TextLeftovers);

        var visual = weights.Scope("visual");
        var (width, patch) = (options.Width, options.PatchSize);
        _classEmbedding = visual.Parameter("class_embedding", width);
        _positionalEmbedding = visual.Parameter("positional_embedding", TokenCount(options), width);
        visual.Unused("proj", [width, options.EmbedDim]);
        _patchWeight = visual.Parameter("conv1.weight", width, 3, patch, patch);
        _normPre = new LayerNormLayer(visual.Scope("ln_pre"), width);
        _transformer = new ClipTransformer(
            visual.Scope("transformer"), width, width / options.HeadWidth, options.Layers, (int)(width * options.MlpRatio));
        visual.Unused("ln_post.weight", [width]);
        visual.Unused("ln_post.bias", [width]);
    }

    /// <summary>Sizes of the tower.</summary>
    public ClipImageOptions Options { get; }

    /// <summary>Tokens of one image: one per patch and the class token (257 at full size).</summary>
    public static int TokenCount(ClipImageOptions options)
    {
        var side = options.ImageSize / options.PatchSize;
        return (side * side) + 1;
    }

    /// <summary>
    /// Images [N, 3, H, W] of any size, values about [-1, 1] (not clamped), float32 → tokens [N, 257, C] in the model's dtype.
    /// </summary>
    public Tensor Forward(Tensor images)
    {
        using var pixels = ClipImagePreprocess.Apply(images, Options.ImageSize);
        return ForwardPreprocessed(pixels);
    }

    /// <summary>Preprocessed images [N, 3, 224, 224] → tokens [N, 257, C].</summary>
    public Tensor ForwardPreprocessed(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var (batch, width) = (pixels.size(0), (long)Options.Width);
        var patches = Patches(pixels.to(_patchWeight.dtype));
        var embedded = F.linear(patches, _patchWeight.flatten(1));
        var classToken = _classEmbedding.view(1, 1, width).expand(batch, 1, width);
        var tokens = cat([classToken, embedded], 1).add_(_positionalEmbedding);
        return _transformer.Forward(_normPre.Forward(tokens)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// [N, 3, S, S] → [N, patches row-major, 3 p p]. The stride of the first convolution is its kernel size, so the
    /// convolution is one matrix product over whole patches.
    /// </summary>
    private Tensor Patches(Tensor pixels)
    {
        long patch = Options.PatchSize;
        var side = Options.ImageSize / patch;
        // A grid that does not fill the image leaves its last rows and columns out, as the convolution does.
        var grid = pixels.narrow(2, 0, side * patch).narrow(3, 0, side * patch);
        return grid.reshape(pixels.size(0), 3, side, patch, side, patch)
            .permute(0, 2, 4, 1, 3, 5)
            .reshape(pixels.size(0), side * side, 3 * patch * patch);
    }

    private static void DeclareTextLeftovers(IWeights weights, ClipTextOptions text)
    {
        weights.Unused("positional_embedding", [text.ContextLength, text.Width]);
        weights.Unused("text_projection", [text.Width, text.EmbedDim]);
        weights.Unused("logit_scale", []);
        weights.Unused("token_embedding.weight", [text.VocabSize, text.Width]);
        weights.Unused("ln_final.weight", [text.Width]);
        weights.Unused("ln_final.bias", [text.Width]);
    }
}
