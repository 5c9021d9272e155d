using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorldModelActors.Models.Tests.Configuration;

public class ModelConfigurationTests
{
    [Fact]
    public void The_demo_directory_gives_the_demo_model()
    {
        var configuration = ModelConfiguration.Load(Path.GetDirectoryName(RepositoryFiles.Demo("config.yaml"))!);
        Same(DemoModel.Options, configuration.Options);
        Assert.EndsWith("model.safetensors", configuration.CheckpointPath);
        Assert.EndsWith("merges.txt.gz", configuration.MergesPath);
    }

    [Fact]
    public void The_golden_json_gives_the_tiny_model()
        => Same(TinyModel.Options, ModelConfiguration.Load(RepositoryFiles.Golden("config.json")).Options);

    [Fact]
    public void The_shipped_configurations_are_the_full_size_model()
    {
        var full = FullSize(observations: 2);
        Same(full, Shipped("world_model_interaction"));
        Same(full with { DecisionMakingOnly = true }, Shipped("world_model_decision_making"));
        var one = FullSize(observations: 1);
        Same(one with { UNet = one.UNet with { BaseModelGenOnly = true } }, Shipped("base_model_inference"));
    }

    [Fact]
    public void The_full_size_configuration_has_the_specified_keys_and_parameters()
    {
        using var weights = new MetaWeights();
        var options = Shipped("world_model_interaction");
        using var model = WorldModel.Build(options, weights);
        var expected = JsonSerializer.Deserialize<Dictionary<string, long[]>>(File.ReadAllText(RepositoryFiles.Spec("full_state_dict_shapes.json")))!;
        Assert.Equal(3646, weights.Schema.Keys.Count);
        Assert.All(weights.Schema.Keys, key => Assert.Equal(expected[key.Name], key.Shape));
        Assert.Equal(4_179_461_648, weights.Schema.ParameterCount);
    }

    [Fact]
    public void The_micro_checkpoint_fits_its_configuration_strictly()
    {
        using var weights = CheckpointWeights.Open(RepositoryFiles.Golden("micro/micro.ckpt"));
        using var model = WorldModel.Build(MicroModel.Options, weights);
        weights.Complete();
        Assert.Equal(2331, weights.Schema.Keys.Count);
    }

    [Fact]
    public void A_partial_checkpoint_is_refused_with_what_is_missing()
    {
        using var weights = CheckpointWeights.Open(RepositoryFiles.Golden("micro/mp_rank_00_model_states.pt"));
        using var model = WorldModel.Build(MicroModel.Options, weights);
        var message = Assert.Throws<CheckpointException>(() => weights.Complete()).Message;
        Assert.Contains("keys missing", message);
        Assert.Contains("image tower", message);
    }

    [Theory]
    [InlineData("model.target", "\"os.system\"", "model.target: 'os.system' is not supported, only unifolm_wma.models.ddpms.LatentVisualDiffusion")]
    [InlineData("model.params.wma_config.target", "\"x.UNet3D\"", "wma_config.target: 'x.UNet3D' is not supported")]
    [InlineData("model.params.wma_config.params.use_relative_position", "true", "use_relative_position: true is not supported, only false")]
    [InlineData("model.params.wma_config.params.use_relative_position", null, "use_relative_position: true is not supported (upstream's default where the key is absent), only false")]
    [InlineData("model.params.wma_config.params.use_scale_shift_norm", "true", "use_scale_shift_norm: true is not supported, only false")]
    [InlineData("model.params.wma_config.params.unheard_of", "1", "unheard_of: is not a known option")]
    [InlineData("model.params.wma_config.params.model_channels", "null", "model_channels: is missing")]
    [InlineData("model.params.wma_config.params.model_channels", "\"many\"", "model_channels: 'many' is not a whole number from 1")]
    [InlineData("model.params.wma_config.params.model_channels", "1e9", "model_channels: 1000000000 is not a whole number from 1 to 1000000")]
    [InlineData("model.params.wma_config.params.model_channels", "-1", "model_channels: -1 is not a whole number")]
    [InlineData("model.params.wma_config.params.model_channels", "40", "model_channels is 40, must be a multiple of 32")]
    [InlineData("model.params.wma_config.params.num_head_channels", "7", "must be a multiple of 7 (num_head_channels)")]
    [InlineData("model.params.wma_config.params.channel_mult", "[]", "channel_mult: [] is not a list")]
    [InlineData("model.params.wma_config.params.channel_mult", "[1,1,1,1,1,1,1,1,1]", "more than 8 levels")]
    [InlineData("model.params.first_stage_config.params.ddconfig.attn_resolutions", "[16]", "attn_resolutions: a list is not supported, only []")]
    [InlineData("model.params.cond_stage_config.params.layer", "\"last\"", "layer: 'last' is not supported, only 'penultimate'")]
    [InlineData("model.params.cond_stage_config.params.arch", "\"ViT-B-32\"", null)]
    [InlineData("model.params.image_size", "[8]", "image_size: a list is not [height, width]")]
    [InlineData("model.params.image_size", "[9, 16]", "image_size[0] is 8, but must equal image_size[0] (9)")]
    [InlineData("image_hw", "[64, 64]", "image width is 64, but must equal 8 x image_size[1] (128)")]
    [InlineData("model.params.parameterization", "\"x0\"", "parameterization: 'x0' is not supported, only 'v' and 'eps'")]
    [InlineData("model.params.scale_factor", "\"big\"", "scale_factor: 'big' is not a number")]
    [InlineData("model.params.perframe_ae", "1", "perframe_ae: 1 is not true or false")]
    [InlineData("model.params.noise_scheduler_config.params.prediction_type", "\"sample\"", "prediction_type: 'sample' is not supported, only 'epsilon'")]
    [InlineData("clip.text.quick_gelu", "true", "clip.text.quick_gelu: true is not supported")]
    [InlineData("clip.image.vision_cfg.head_width", "7", "width must be a multiple of head_width")]
    [InlineData("model.params.image_proj_stage_config.params.output_dim", "32", "output_dim is 32, but must equal wma_config.params.context_dim (24)")]
    public void What_is_not_supported_is_refused_by_key(string key, string? value, string? refusal)
    {
        var root = JsonNode.Parse(File.ReadAllText(RepositoryFiles.Golden("config.json")))!;
        var steps = key.Split('.');
        var parent = steps[..^1].Aggregate(root, (node, step) => node[step]!).AsObject();
        parent.Remove(steps[^1]);
        if (value is not null)
        {
            parent[steps[^1]] = JsonNode.Parse(value);
        }

        var text = root.ToJsonString().Replace("1e9", "1000000000");
        if (refusal is null)
        {
            Same(TinyModel.Options, ModelConfiguration.Parse(text, isJson: true));
        }
        else
        {
            Assert.Contains(refusal, Assert.Throws<ConfigurationException>(() => ModelConfiguration.Parse(text, isJson: true)).Message);
        }
    }

    [Fact]
    public void An_unknown_clip_architecture_says_what_to_do()
    {
        var root = JsonNode.Parse(File.ReadAllText(RepositoryFiles.Golden("config.json")))!.AsObject();
        root.Remove("clip");
        var message = Assert.Throws<ConfigurationException>(() => ModelConfiguration.Parse(root.ToJsonString(), isJson: true)).Message;
        Assert.Equal("model.params.cond_stage_config.params.arch: the CLIP architecture 'tinyA-txt' is unknown; put a clip.json with its sizes beside the configuration", message);
    }

    [Fact]
    public void Missing_files_are_named()
    {
        Assert.Equal("/nonexistent: no such file or directory", Error("/nonexistent"));
        var folder = Directory.CreateTempSubdirectory("wma-config").FullName;
        try
        {
            Assert.Contains("holds neither config.yaml nor config.json", Error(folder));
            var path = Path.Combine(folder, "config.yaml");
            File.WriteAllText(path, "model: [1, 2");
            Assert.StartsWith($"{path}: line ", Error(folder));
            File.WriteAllText(path, "");
            Assert.Equal($"{path}: is empty", Error(folder));
            File.WriteAllText(path, "- 1");
            Assert.Equal($"{path}: is not a map with the key 'model'", Error(folder));
            File.WriteAllText(path, "x: 1");
            Assert.Equal($"{path}: model: is missing", Error(folder));
            File.WriteAllText(path, new string('#', 2 << 20));
            Assert.Contains("is larger than", Error(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static string Error(string path) => Assert.Throws<ConfigurationException>(() => ModelConfiguration.Load(path)).Message;
    }

    private static WorldModelOptions Shipped(string name) => ModelConfiguration.Load(Path.Combine(RepositoryFiles.Root, "assets/configs", name + ".yaml")).Options;

    private static WorldModelOptions FullSize(int observations) => new()
    {
        Diffusion = new(),
        UNet = new()
        {
            NumObsSteps = observations,
            Head = new() { LatentSize = (40, 64), ImageSize = (320, 512), NumObsSteps = observations },
            TokenProjector = new(),
        },
        Autoencoder = new(),
        ClipText = new(),
        ClipImage = new(),
        Resampler = new(),
        NumObsStepsImagen = observations,
        NumObsStepsActing = observations,
        LatentSize = (40, 64),
        ImageSize = (320, 512),
        HasEmaHead = true,
    };

    private static void Same(WorldModelOptions expected, WorldModelOptions actual)
    {
        var options = new JsonSerializerOptions { IncludeFields = true, WriteIndented = true };
        Assert.Equal(JsonSerializer.Serialize(expected, options), JsonSerializer.Serialize(actual, options));
    }
}
