namespace WorldModelActors.Models;

/// <summary>Sizes that must agree between the parts of a model; where they do not, no checkpoint can fit.</summary>
internal static class WorldModelChecks
{
    private const int UNetGroups = 32;
    private const int MostLevels = 8;

    /// <exception cref="ConfigurationException">Two sizes contradict each other; the message names both keys.</exception>
    public static void Check(WorldModelOptions options, ConfigSection model)
    {
        var unet = options.UNet;
        var head = unet.Head;
        var projector = unet.TokenProjector;
        var autoencoder = options.Autoencoder;
        var resampler = options.Resampler;

        if (unet.ChannelMult.Count > MostLevels || autoencoder.ChannelMult.Count > MostLevels)
        {
            throw new ConfigurationException($"{model.Path}: more than {MostLevels} levels (channel_mult, ch_mult)");
        }

        Equal("wma_config.params.in_channels", unet.InChannels, "twice out_channels (noisy and conditioning latent)", 2 * unet.OutChannels);
        Equal("first_stage_config.params.embed_dim", autoencoder.EmbedDim, "wma_config.params.out_channels", unet.OutChannels);
        Equal("wma_config.params.n_obs_steps", unet.NumObsSteps, "n_obs_steps_imagen", options.NumObsStepsImagen);
        Equal("unet_head_config.params.n_obs_steps", head.NumObsSteps, "n_obs_steps_acting", options.NumObsStepsActing);
        Equal("unet_head_config.params.input_dim", head.InputDim, "agent_action_dim", options.AgentActionDim);
        Equal("unet_head_config.params.horizon", head.Horizon, "wma_config.params.temporal_length", unet.TemporalLength);
        Equal("unet_head_config.params.down_dims", head.DownDims.Count, "wma_config.params.channel_mult (levels)", unet.ChannelMult.Count);
        Equal("unet_head_config.params.image_size[0]", head.LatentSize.Height, "image_size[0]", options.LatentSize.Height);
        Equal("unet_head_config.params.image_size[1]", head.LatentSize.Width, "image_size[1]", options.LatentSize.Width);
        Equal("stem_process_config.params.dim", projector.Dim, "global_emb_dim", options.GlobalEmbDim);
        Equal("stem_process_config.params.output_dim", projector.OutputDim, "wma_config.params.context_dim", unet.ContextDim);
        Equal("stem_process_config.params.chunk_size", projector.ChunkSize, "wma_config.params.temporal_length", unet.TemporalLength);
        Equal("stem_process_config.params.num_queries", projector.NumQueries, "wma_config.params.num_stem_token", unet.NumStemToken);
        Equal("global_emb_dim", options.GlobalEmbDim, "wma_config.params.context_dim", unet.ContextDim);
        Equal("image_proj_stage_config.params.output_dim", resampler.OutputDim, "wma_config.params.context_dim", unet.ContextDim);
        Equal("image_proj_stage_config.params.video_length", resampler.VideoLength, "wma_config.params.temporal_length", unet.TemporalLength);
        Equal("image_proj_stage_config.params.embedding_dim", resampler.EmbeddingDim, "the image tower's width", options.ClipImage.Width);
        Equal("the text tower's width", options.ClipText.Width, "wma_config.params.context_dim", unet.ContextDim);
        Equal("resnet18 planes", head.ResNetPlanes.Count, "four stages", 4);

        var factor = 1 << (autoencoder.ChannelMult.Count - 1);
        Equal("image height", options.ImageSize.Height, $"{factor} x image_size[0]", factor * options.LatentSize.Height);
        Equal("image width", options.ImageSize.Width, $"{factor} x image_size[1]", factor * options.LatentSize.Width);

        Multiple("wma_config.params.model_channels", unet.ModelChannels, UNetGroups, "groups of its norms");
        foreach (var mult in unet.ChannelMult)
        {
            Multiple("wma_config.params.model_channels x channel_mult", unet.ModelChannels * (long)mult, unet.NumHeadChannels, "num_head_channels");
        }

        foreach (var mult in autoencoder.ChannelMult)
        {
            Multiple("first_stage_config.params.ddconfig.ch x ch_mult", autoencoder.Channels * (long)mult, UNetGroups, "groups of its norms");
        }

        var divisor = 1 << (unet.ChannelMult.Count - 1);
        Multiple("image_size[0]", options.LatentSize.Height, divisor, "down-sampling of the UNet");
        Multiple("image_size[1]", options.LatentSize.Width, divisor, "down-sampling of the UNet");
        foreach (var width in head.DownDims)
        {
            Multiple("unet_head_config.params.down_dims", width, head.NumGroups, "n_groups");
        }

        foreach (var plane in head.ResNetPlanes)
        {
            Multiple("resnet18 planes", plane, 16, "channels a group");
        }

        if (head.KernelSize % 2 == 0)
        {
            throw new ConfigurationException($"{model.Path}: unet_head_config.params.kernel_size is {head.KernelSize}, must be odd");
        }

        void Equal(string what, int value, string other, int expected)
        {
            if (value != expected)
            {
                throw new ConfigurationException($"{model.Path}: {what} is {value}, but must equal {other} ({expected})");
            }
        }

        void Multiple(string what, long value, int of, string reason)
        {
            if (value % of != 0)
            {
                throw new ConfigurationException($"{model.Path}: {what} is {value}, must be a multiple of {of} ({reason})");
            }
        }
    }
}
