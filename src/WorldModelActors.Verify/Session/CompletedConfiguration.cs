using System.Text.Json;
using System.Text.Json.Nodes;
using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>
/// Reads a configuration that is upstream's schema alone, without the sizes that upstream has as literals (CLIP towers, ResNet stages):
/// these are taken from the checkpoint's shapes.
/// </summary>
internal static class CompletedConfiguration
{
    private const string Text = "cond_stage_model.model.";
    private const string Image = "embedder.model.";
    private const string ResNet = "model.diffusion_model.action_unet.obs_encoder.key_model_map.image.";
    private const int FirstStage = 4;
    private const int Stages = 4;

    /// <exception cref="VerifyException">The file cannot be read.</exception>
    public static WorldModelOptions Load(string path, Checkpoint checkpoint)
    {
        JsonObject root;
        try
        {
            root = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("it is not an object");
        }
        catch (JsonException e)
        {
            throw new VerifyException($"{path}: cannot be read as a model configuration: {e.Message}", e);
        }

        if (root["model"] is null)
        {
            root = new JsonObject { ["model"] = root };
        }

        root["clip"] ??= new JsonObject { ["text"] = Tower(checkpoint, Text), ["image"] = Tower(checkpoint, Image) };
        root["resnet18_planes"] ??= new JsonArray(
            [.. Enumerable.Range(FirstStage, Stages).Select(stage => (JsonNode)Size(checkpoint, $"{ResNet}{stage}.0.conv1.weight", 0))]);
        return ModelConfiguration.Parse(root.ToJsonString(), isJson: true);
    }

    /// <summary>open_clip's model-config format. Numbers of heads leave no trace in the shapes: one head, which is right for shapes only.</summary>
    private static JsonObject Tower(Checkpoint checkpoint, string prefix)
    {
        var width = Size(checkpoint, prefix + "token_embedding.weight", 1);
        var tower = new JsonObject
        {
            ["embed_dim"] = Size(checkpoint, prefix + "text_projection", 1),
            ["text_cfg"] = new JsonObject
            {
                ["context_length"] = Size(checkpoint, prefix + "positional_embedding", 0),
                ["vocab_size"] = Size(checkpoint, prefix + "token_embedding.weight", 0),
                ["width"] = width,
                ["heads"] = 1,
                ["layers"] = Math.Max(1, Blocks(checkpoint, prefix + "transformer.resblocks.")),
            },
        };
        var patch = checkpoint.TryGet(prefix + "visual.conv1.weight", out var convolution) ? convolution.Shape[2] : 0;
        if (patch > 0)
        {
            var side = (long)Math.Round(Math.Sqrt(Size(checkpoint, prefix + "visual.positional_embedding", 0) - 1));
            var imageWidth = Size(checkpoint, prefix + "visual.class_embedding", 0);
            tower["vision_cfg"] = new JsonObject
            {
                ["image_size"] = side * patch,
                ["width"] = imageWidth,
                ["head_width"] = imageWidth,
                ["layers"] = Blocks(checkpoint, prefix + "visual.transformer.resblocks."),
                ["patch_size"] = patch,
            };
        }

        return tower;
    }

    private static long Size(Checkpoint checkpoint, string name, int dimension) => checkpoint.Entry(name).Shape[dimension];

    private static int Blocks(Checkpoint checkpoint, string prefix) => checkpoint.Entries
        .Where(e => e.Name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(e => e.Name[prefix.Length..].Split('.')[0])
        .Distinct()
        .Count();
}
