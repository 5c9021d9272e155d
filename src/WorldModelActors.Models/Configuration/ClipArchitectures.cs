namespace WorldModelActors.Models;

/// <summary>Sizes of OpenCLIP architectures by name, and of those that a <c>clip.json</c> gives (open_clip's model-config format).</summary>
internal static class ClipArchitectures
{
    /// <summary>The architecture that upstream's configurations mean when they name none.</summary>
    public const string Default = "ViT-H-14";

    private static readonly ClipTextOptions s_huge = new();

    /// <summary>The text tower of an architecture.</summary>
    public static ClipTextOptions Text(string architecture, ConfigSection? sizes, string key)
        => architecture == Default ? s_huge : ReadText(Given(architecture, sizes, "text", key));

    /// <summary>The image tower of an architecture, with the text left-overs that its checkpoints carry.</summary>
    public static ClipImageOptions Image(string architecture, ConfigSection? sizes, string key)
    {
        if (architecture == Default)
        {
            return new ClipImageOptions { TextLeftovers = s_huge };
        }

        var section = Given(architecture, sizes, "image", key);
        var vision = section.Section("vision_cfg");
        var options = new ClipImageOptions
        {
            ImageSize = vision.Int("image_size", 224),
            Width = vision.Int("width"),
            HeadWidth = vision.Int("head_width", 64),
            Layers = vision.Int("layers"),
            PatchSize = vision.Int("patch_size"),
            MlpRatio = vision.Double("mlp_ratio", 4),
            EmbedDim = section.Int("embed_dim"),
            TextLeftovers = ReadText(section),
        };
        vision.Close();
        return options.Width % options.HeadWidth == 0 && options.ImageSize % options.PatchSize == 0
            ? options
            : throw new ConfigurationException($"{vision.Path}: width must be a multiple of head_width, and image_size of patch_size");
    }

    private static ConfigSection Given(string architecture, ConfigSection? sizes, string tower, string key)
    {
        if (sizes is null)
        {
            throw new ConfigurationException($"{key}: the CLIP architecture '{architecture}' is unknown; put a clip.json with its sizes beside the configuration");
        }

        return sizes.Section(tower);
    }

    private static ClipTextOptions ReadText(ConfigSection section)
    {
        section.Fixed("quick_gelu", false);
        var text = section.Section("text_cfg");
        var options = new ClipTextOptions
        {
            ContextLength = text.Int("context_length", 77),
            VocabSize = text.Int("vocab_size", 49408),
            Width = text.Int("width"),
            Heads = text.Int("heads"),
            Layers = text.Int("layers"),
            EmbedDim = section.Int("embed_dim"),
        };
        text.Close();
        section.Ignore("vision_cfg", "text_cfg");
        section.Close();
        return options.Width % options.Heads == 0
            ? options
            : throw new ConfigurationException($"{text.Path}: width must be a multiple of heads");
    }
}
