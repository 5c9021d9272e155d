namespace WorldModelActors.Settings.Tests;

public sealed class WmaSettingsTests
{
    [Fact]
    public void Defaults_are_the_commands()
    {
        var settings = Load();
        Assert.Equal(new ModelSettings { Path = null, Checkpoint = null, RandomWeights = null, ClipVocab = null }, settings.Model);
        Assert.Equal(
            new SamplerSettings
            {
                DdimSteps = 50,
                DdimEta = 1.0,
                GuidanceScale = 1.0,
                GuidanceRescale = 0.7,
                TimestepSpacing = SpacingChoice.UniformTrailing,
                Noise = NoiseChoice.Philox,
            },
            settings.Sampler);
        Assert.Equal((16, 123L), (settings.Rollout.ExeSteps, settings.Rollout.Seed));
        Assert.Equal([4], settings.Rollout.FrameStride);
        Assert.Equal((40, "runs"), (settings.Rollout.Iterations, settings.Rollout.Out));
        Assert.Null(settings.Rollout.Prompts);
        Assert.Empty(settings.Rollout.Episodes);
        Assert.True(settings.Rollout.PerFrameAutoencoder);
        Assert.False(settings.Rollout.DecodePolicyVideo || settings.Rollout.ZeroPredictedState);
        Assert.Equal((8.0, "mp4v", 8), (settings.Media.Fps, settings.Media.Codec, settings.Media.ContactSheetColumns));
        Assert.Equal(
            new DeviceSettings { Name = "cpu", Dtype = DtypeChoice.Float32, Threads = 0, LatentStoreBytes = 512 << 20, LatentHostBytes = 2L << 30, CudaGraphs = true, Tf32 = false }, settings.Device);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Engine.StopTimeout);
        Assert.Equal(
            new RestartSettings
            {
                MinBackoff = TimeSpan.FromMilliseconds(200),
                MaxBackoff = TimeSpan.FromSeconds(10),
                MaxRestarts = 5,
                Window = TimeSpan.FromMinutes(1),
            },
            settings.Engine.Restart);
    }

    [Fact]
    public void Flags_come_before_files_before_overlays_before_defaults()
    {
        var file = Hocon.Read("wma { sampler { ddim-steps = 20, ddim-eta = 0 }, rollout.frame-stride = [2, 4] }");
        var flags = new SettingOverrides()
            .Set("wma.sampler.ddim-steps", "--ddim-steps", "30")
            .Set("wma.sampler.noise", "--noise", (string?)null)
            .Set("wma.rollout.decode-policy-video", "--decode-policy-video", true)
            .SetList("wma.rollout.frame-stride", "--frame-stride", ["6", "8"])
            .SetList("wma.rollout.episodes", "--episode", [])
            .ToConfig();
        var settings = Load(BuiltInSettings.Overlay("demo"), file, flags);
        Assert.Equal(30, settings.Sampler.DdimSteps);
        Assert.Equal(0.0, settings.Sampler.DdimEta);
        Assert.Equal([6, 8], settings.Rollout.FrameStride);
        Assert.Equal(10.0, settings.Media.Fps);
        Assert.Equal(["0", "2", "6"], settings.Rollout.Episodes);
        Assert.True(settings.Rollout.DecodePolicyVideo);
        Assert.Equal(NoiseChoice.Philox, settings.Sampler.Noise);
    }

    [Fact]
    public void The_demo_is_short()
    {
        var demo = Load(BuiltInSettings.Overlay("demo"));
        Assert.Equal((16, 10.0, 5), (demo.Sampler.DdimSteps, demo.Media.Fps, demo.Rollout.Iterations));
        Assert.Equal([1], demo.Rollout.FrameStride);
    }

    [Fact]
    public void The_vocabulary_is_named_by_a_file_and_not_by_the_environment_which_ranks_below_the_models_own()
    {
        static string? Environment(string name) => name == "WMA_CLIP_VOCAB" ? "/env.gz" : null;
        Assert.Null(WmaSettings.Load([], Environment).Model.ClipVocab);
        Assert.Equal("/file.gz", WmaSettings.Load([Hocon.Read("wma.model.clip-vocab = /file.gz")], Environment).Model.ClipVocab);
    }

    [Fact]
    public void Own_names_can_be_used()
    {
        var settings = Load(Hocon.Read("vars.data = /data, wma.rollout { prompts = ${vars.data}/prompts, out = ${vars.data}\"/runs\" }"));
        Assert.Equal(("/data/prompts", "/data/runs"), (settings.Rollout.Prompts, settings.Rollout.Out));
    }

    [Theory]
    [InlineData("wma.sampler.ddim-steps", "abc", "expected an integer, found 'abc'")]
    [InlineData("wma.sampler.ddim-steps", "0", "expected an integer from 1 to 1000, found '0'")]
    [InlineData("wma.sampler.ddim-steps", "1001", "expected an integer from 1 to 1000, found '1001'")]
    [InlineData("wma.sampler.ddim-eta", "1.5", "expected a number from 0 to 1, found '1.5'")]
    [InlineData("wma.sampler.guidance-scale", "nan", "expected a number, found 'nan'")]
    [InlineData("wma.sampler.timestep-spacing", "linear", "expected one of uniform, uniform_trailing, quad, found 'linear'")]
    [InlineData("wma.sampler.noise", "", "expected one of philox, torch, found ''")]
    [InlineData("wma.rollout.iterations", "-1", "expected an integer from 1 to 1000000, found '-1'")]
    [InlineData("wma.rollout.seed", "-1", "expected an integer not below 0, found '-1'")]
    [InlineData("wma.rollout.frame-stride", "4", "expected an array such as [1, 2], found '4'")]
    [InlineData("wma.rollout.out", "", "expected a path, found ''")]
    [InlineData("wma.media.fps", "0", "expected a number from 0.1 to 1000, found '0'")]
    [InlineData("wma.media.codec", "h.264", "expected a four-character code such as mp4v, found 'h.264'")]
    [InlineData("wma.device.name", "gpu", "expected cpu, cuda, cuda:N, several such as cuda:0,cuda:1, or cuda:all, found 'gpu'")]
    [InlineData("wma.device.name", "cuda:-1", "expected cpu, cuda, cuda:N, several such as cuda:0,cuda:1, or cuda:all, found 'cuda:-1'")]
    [InlineData("wma.device.dtype", "fp16", "expected one of float32, bfloat16, float16, found 'fp16'")]
    [InlineData("wma.device.latent-store-bytes", "1k", "expected a size not below 1048576, found '1k'")]
    [InlineData("wma.engine.stop-timeout", "soon", "expected a duration such as 200ms, 5s or 2 minutes, found 'soon'")]
    [InlineData("wma.engine.restart.max-backoff", "1ms", "expected a duration from 00:00:00.2000000 to 1.00:00:00, found '1ms'")]
    public void Bad_values_name_key_and_flag(string path, string value, string fault)
    {
        var flags = new SettingOverrides().Set(path, "--the-flag", value).ToConfig();
        Assert.Equal($"{path}: {fault} (--the-flag)", Assert.Throws<HoconException>(() => Load(flags)).Message);
    }

    [Fact]
    public void An_error_in_a_file_names_line_and_column()
    {
        var file = Hocon.Read("wma {\n  sampler {\n    ddim-steps = abc\n  }\n}");
        Assert.Equal(
            "wma.sampler.ddim-steps: expected an integer, found 'abc' (test.conf:3:18)",
            Assert.Throws<HoconException>(() => Load(file)).Message);
    }

    [Fact]
    public void No_frame_stride_is_too_few() =>
        Assert.Equal(
            "wma.rollout.frame-stride: expected at least one frame stride, found an array (test.conf:1:28)",
            Assert.Throws<HoconException>(() => Load(Hocon.Read("wma.rollout.frame-stride = []"))).Message);

    [Fact]
    public void Weights_are_either_read_or_random() =>
        Assert.Equal(
            "wma.model.random-weights: choose either this or wma.model.checkpoint, not both (test.conf:1:51)",
            Assert.Throws<HoconException>(() => Load(Hocon.Read("wma.model { checkpoint = x.ckpt, random-weights = 5 }"))).Message);

    [Fact]
    public void Every_documented_key_has_a_comment()
    {
        // A setting without a comment above it is not documented.
        var lines = BuiltInSettings.ReferenceText.Split('\n').Select(line => line.Trim()).ToArray();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Contains(" = ", StringComparison.Ordinal) && !lines[i].StartsWith('#') && !lines[i].Contains("-backoff =", StringComparison.Ordinal))
            {
                var key = lines[i].Split(' ')[0];
                var above = lines[i - 1];
                Assert.True(
                    above.StartsWith('#') || above.StartsWith(key, StringComparison.Ordinal) || above.Contains("-backoff =", StringComparison.Ordinal) || key is "window",
                    $"line {i + 1} of reference.conf, {key}, has no comment");
            }
        }
    }

    private static WmaSettings Load(params HoconConfig[] layers) => WmaSettings.Load(layers, _ => null);
}
