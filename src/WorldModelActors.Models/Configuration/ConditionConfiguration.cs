namespace WorldModelActors.Models;

/// <summary>Reads the networks around the UNet: autoencoder, CLIP towers and image token resampler.</summary>
internal static class ConditionConfiguration
{
    private const string AutoencoderTarget = "unifolm_wma.models.autoencoder.AutoencoderKL";
    private const string TextTarget = "unifolm_wma.modules.encoders.condition.FrozenOpenCLIPEmbedder";
    private const string ImageTarget = "unifolm_wma.modules.encoders.condition.FrozenOpenCLIPImageEmbedderV2";
    private const string ResamplerTarget = "unifolm_wma.modules.encoders.resampler.Resampler";

    public static AutoencoderOptions Autoencoder(ConfigSection model)
    {
        var autoencoder = model.Target("first_stage_config", AutoencoderTarget);
        var sizes = autoencoder.Section("ddconfig");
        var options = new AutoencoderOptions
        {
            EmbedDim = autoencoder.Int("embed_dim"),
            ZChannels = sizes.Int("z_channels"),
            InChannels = sizes.Int("in_channels"),
            OutChannels = sizes.Int("out_ch"),
            Channels = sizes.Int("ch"),
            ChannelMult = sizes.Ints("ch_mult", [1, 2, 4, 8]),
            NumResBlocks = sizes.Int("num_res_blocks"),
        };
        sizes.Ignore("resolution", "dropout");
        sizes.Fixed("double_z", true);
        sizes.Fixed("attn_resolutions", ConfigSection.Empty);
        sizes.Fixed("resamp_with_conv", true);
        sizes.Fixed("use_linear_attn", false);
        sizes.Fixed("attn_type", "vanilla");
        sizes.Fixed("give_pre_end", false);
        sizes.Fixed("tanh_out", false);
        sizes.Close();
        autoencoder.Ignore("monitor", "lossconfig", "ckpt_path", "ignore_keys", "image_key", "colorize_nlabels", "test", "logdir", "test_args");
        autoencoder.Fixed("input_dim", 4);
        autoencoder.Close();
        return options;
    }

    public static ClipTextOptions Text(ConfigSection model, ConfigSection? clip)
    {
        var tower = model.Target("cond_stage_config", TextTarget);
        var options = ClipArchitectures.Text(tower.Text("arch", ClipArchitectures.Default), clip, tower.Under("arch"));
        tower.Ignore("freeze", "version", "device");
        tower.Fixed("layer", "penultimate", upstreamDefault: "last");
        tower.Fixed("max_length", options.ContextLength);
        tower.Close();
        return options;
    }

    public static ClipImageOptions Image(ConfigSection model, ConfigSection? clip)
    {
        var tower = model.Target("img_cond_stage_config", ImageTarget);
        var options = ClipArchitectures.Image(tower.Text("arch", ClipArchitectures.Default), clip, tower.Under("arch"));

        // All tokens after the last block are used, whatever layer says.
        tower.Ignore("freeze", "version", "device", "layer");
        tower.Fixed("antialias", true);
        tower.Close();
        return options;
    }

    public static ResamplerOptions Resampler(ConfigSection model)
    {
        var resampler = model.Target("image_proj_stage_config", ResamplerTarget);
        var options = new ResamplerOptions
        {
            Dim = resampler.Int("dim", 1024),
            Depth = resampler.Int("depth", 8),
            DimHead = resampler.Int("dim_head", 64),
            Heads = resampler.Int("heads", 16),
            NumQueries = resampler.Int("num_queries", 8),
            VideoLength = resampler.Int("video_length"),
            EmbeddingDim = resampler.Int("embedding_dim", 768),
            OutputDim = resampler.Int("output_dim", 1024),
            FfMult = resampler.Int("ff_mult", 4),
        };
        resampler.Close();
        return options;
    }
}
