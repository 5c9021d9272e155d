using System.Text.Json;

namespace WorldModelActors.Models.Tests;

public sealed class WorldModelTests
{
    private const double Tolerance = 1e-5;

    [Fact]
    public void The_full_size_model_declares_the_complete_key_set()
    {
        var expected = JsonSerializer.Deserialize<Dictionary<string, long[]>>(
            File.ReadAllText(RepositoryFiles.Spec("full_state_dict_shapes.json")))!;
        var schema = FullSize();
        Assert.Equal(3646, expected.Count);
        Assert.Empty(expected.Keys.Except(schema.Declared.Keys));
        Assert.Empty(schema.Declared.Keys.Except(expected.Keys));
        Assert.All(expected, entry => Assert.Equal(entry.Value, schema.Declared[entry.Key].Shape));
    }

    [Theory]
    [InlineData("", 4_179_461_648)]
    [InlineData("model.diffusion_model.", 2_505_982_086)]
    [InlineData("model.diffusion_model.action_unet.", 501_053_089)]
    [InlineData("model.diffusion_model.state_unet.", 501_053_089)]
    [InlineData("model.diffusion_model.action_unet.obs_encoder.", 11_242_176)]
    [InlineData("model.diffusion_model.action_unet.spatial_softmax_blocks.", 3_792_320)]
    [InlineData("model.diffusion_model.input_blocks.", 465_182_080)]
    [InlineData("model.diffusion_model.middle_block.", 180_981_760)]
    [InlineData("model.diffusion_model.output_blocks.", 834_115_200)]
    [InlineData("first_stage_model.", 83_653_863)]
    [InlineData("first_stage_model.encoder.", 34_163_592)]
    [InlineData("first_stage_model.decoder.", 49_490_179)]
    [InlineData("cond_stage_model.", 354_032_641)]
    [InlineData("embedder.", 683_800_065)]
    [InlineData("embedder.model.visual.", 632_076_800)]
    [InlineData("image_proj_model.", 48_787_456)]
    [InlineData("state_projector.", 1_067_008)]
    [InlineData("action_projector.", 1_067_008)]
    [InlineData("dp_ema_model.", 501_053_089)]
    public void The_full_size_model_has_the_parameters_of_its_specification(string prefix, long count)
        => Assert.Equal(count, FullSize().ParameterCount(prefix));

    [Fact]
    public void The_tiny_checkpoint_has_exactly_the_declared_keys()
        => CheckKeys(RepositoryFiles.SharedGolden("model.safetensors"), TinyModel.Options);

    [Fact]
    public void The_demo_checkpoint_has_exactly_the_declared_keys()
        => CheckKeys(RepositoryFiles.Demo("model.safetensors"), DemoModel.Options);

    [Fact]
    public void The_micro_checkpoint_with_its_moving_average_has_exactly_the_declared_keys()
        => CheckKeys(RepositoryFiles.Golden("micro/micro.ckpt"), MicroModel.Options);

    [Fact]
    public void A_checkpoint_may_lack_the_moving_average()
    {
        var weights = CheckpointWeights.Open(RepositoryFiles.Demo("model.safetensors"));
        using var model = WorldModel.Build(DemoModel.Options with { HasEmaHead = true }, weights);
        weights.Complete();
    }

    [Fact]
    public void Schedule_buffers_are_the_checkpoints()
    {
        var path = RepositoryFiles.Demo("model.safetensors");
        using var file = SafetensorsFile.Open(path);
        using var model = WorldModel.Build(DemoModel.Options, new FileWeights(path));
        Assert.Equal(file.ReadFloats("betas"), model.Schedule.Betas);
        Assert.Equal(file.ReadFloats("alphas_cumprod"), model.Schedule.AlphasCumprod);
        Assert.Equal(file.ReadFloats("alphas_cumprod_prev"), model.Schedule.AlphasCumprodPrev);
        Assert.Equal(file.ReadFloats("sqrt_alphas_cumprod"), model.Schedule.SqrtAlphasCumprod);
        Assert.Equal(file.ReadFloats("sqrt_one_minus_alphas_cumprod"), model.Schedule.SqrtOneMinusAlphasCumprod);
        Assert.All(model.Schedule.SqrtRecipAlphasCumprod, value => Assert.Equal(0, value));
        Assert.Equal(1400, model.Schedule.Scale!.Length);
        Assert.Equal(0, model.Schedule.AlphasCumprod[999]);
    }

    [Fact]
    public void The_demo_models_conditions_and_frames_are_the_references()
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenFile(RepositoryFiles.Demo("golden_rollout.safetensors"));
        using var model = WorldModel.Build(DemoModel.Options, new FileWeights(RepositoryFiles.Demo("model.safetensors")));
        for (var i = 0; i < 2; i++)
        {
            using var iteration = NewDisposeScope();
            var images = golden[$"it{i}.policy.queue.images"];
            var last = images.select(2, 1);
            using var observation = model.Conditions.EmbedObservation(last, golden[$"it{i}.world.queue.state"]);
            var world = model.Conditions.Assemble(
                observation, model.Text.Embed(""), golden[$"it{i}.world.queue.action"], simMode: true);
            golden.Check($"it{i}.world.c_crossattn", world, Tolerance);
            var noise = golden[$"it{i}.world.vae_noise"].narrow(0, 1, 1);
            var latent = ConditionAssembler.ConcatLatent(model.FirstStage.EncodeScaled(last, noise), 1);
            golden.Check($"it{i}.world.c_concat_one_frame", latent, Tolerance);

            var frames = golden[$"it{i}.world.decoded_frame_numbers"];
            var latents = golden[$"it{i}.world.latent"].select(0, 0).transpose(0, 1).index_select(0, frames);
            golden.Check($"it{i}.world.decoded_frames", model.FirstStage.DecodeScaled(latents), Tolerance);
        }
    }

    [Theory]
    [InlineData("rollout_exe16.safetensors", 3)]
    [InlineData("rollout_exe2.safetensors", 3)]
    [InlineData("rollout_exe1_zero_state.safetensors", 2)]
    public void Frames_of_recorded_latents_are_the_references(string file, int iterations)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenFile(RepositoryFiles.Golden(file));
        using var model = WorldModel.Build(TinyModel.Options, new FileWeights(RepositoryFiles.SharedGolden("model.safetensors")));
        for (var i = 0; i < iterations; i++)
        {
            using var iteration = NewDisposeScope();
            var frames = golden[$"it{i}.world.decoded_frame_numbers"];
            var latents = golden[$"it{i}.world.latent"].select(0, 0).transpose(0, 1).index_select(0, frames);
            golden.Check($"it{i}.world.decoded_frames", model.FirstStage.DecodeScaled(latents), Tolerance);
        }
    }

    private static SchemaWeights FullSize()
    {
        using var scope = NewDisposeScope();
        var head = new HeadOptions { LatentSize = (40, 64), ImageSize = (320, 512) };
        var options = new WorldModelOptions
        {
            Diffusion = new DiffusionOptions(),
            UNet = new UNetOptions { Head = head, TokenProjector = new TokenProjectorOptions() },
            Autoencoder = new AutoencoderOptions(),
            ClipText = new ClipTextOptions(),
            ClipImage = new ClipImageOptions(),
            Resampler = new ResamplerOptions(),
            LatentSize = (40, 64),
            ImageSize = (320, 512),
            HasEmaHead = true,
        };
        var schema = new SchemaWeights();
        WorldModel.Build(options, schema).Dispose();
        return schema;
    }

    private static void CheckKeys(string path, WorldModelOptions options)
    {
        using var checkpoint = Checkpoint.Open(path);
        var weights = new CheckpointWeights(checkpoint);
        using var model = WorldModel.Build(options, weights);
        weights.Complete();
        var declared = weights.Schema.Keys.Select(key => key.Name).ToHashSet();
        Assert.Empty(declared.Except(checkpoint.Entries.Select(entry => entry.Name)));
    }
}
