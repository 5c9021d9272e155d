namespace WorldModelActors.Models;

/// <summary>Reads <c>wma_config</c>: the UNet, its heads and the action token projector.</summary>
internal static class UNetConfiguration
{
    private const string HeadTarget = "unifolm_wma.models.diffusion_head.conditional_unet1d.ConditionalUnet1D";
    private const string EncoderTarget = "unifolm_wma.models.diffusion_head.vision.multi_image_obs_encoder.MultiImageObsEncoder";
    private const string ResNetTarget = "unifolm_wma.models.diffusion_head.vision.model_getter.get_resnet";
    private const string ProjectorTarget = "unifolm_wma.modules.encoders.condition.SATokenProjector";
    private const string UNetTarget = "unifolm_wma.modules.networks.wma_model.WMAModel";

    /// <param name="model">The section that holds <c>wma_config</c>.</param>
    /// <param name="imageSize">Observation image size (H, W).</param>
    /// <param name="resNetPlanes">Widths of the resnet18 stages given outside of the schema.</param>
    /// <param name="stateDim">Dimensions of the robot state.</param>
    public static UNetOptions Read(ConfigSection model, (int Height, int Width) imageSize, IReadOnlyList<int>? resNetPlanes, int stateDim)
    {
        var unet = model.Target("wma_config", UNetTarget);
        var temporalLength = unet.Int("temporal_length");
        var options = new UNetOptions
        {
            InChannels = unet.Int("in_channels"),
            OutChannels = unet.Int("out_channels"),
            ModelChannels = unet.Int("model_channels"),
            ChannelMult = unet.Ints("channel_mult", [1, 2, 4, 8]),
            NumResBlocks = unet.Int("num_res_blocks"),
            AttentionResolutions = unet.Ints("attention_resolutions"),
            NumHeadChannels = unet.Int("num_head_channels"),
            TransformerDepth = unet.Int("transformer_depth", 1),
            ContextDim = unet.Int("context_dim"),
            TemporalLength = temporalLength,
            DefaultFs = unet.Int("default_fs", 4, least: 0),
            FsCondition = unet.Bool("fs_condition", false),
            NumObsSteps = unet.Int("n_obs_steps", 1),
            NumStemToken = unet.Int("num_stem_token", 1),
            BaseModelGenOnly = unet.Bool("base_model_gen_only", false),
            AdditionAttention = unet.Bool("addition_attention", false),
            Head = Head(unet, imageSize, resNetPlanes, stateDim),
            TokenProjector = Projector(unet),
        };
        unet.Ignore("dropout", "use_checkpoint");
        unet.Fixed("conv_resample", true);
        unet.Fixed("dims", 2);
        unet.Fixed("use_scale_shift_norm", false);
        unet.Fixed("resblock_updown", false);
        unet.Fixed("num_heads", -1);
        unet.Fixed("use_linear", true, upstreamDefault: false);
        unet.Fixed("temporal_conv", true, upstreamDefault: false);
        unet.Fixed("tempspatial_aware", false);
        unet.Fixed("temporal_attention", true);
        unet.Fixed("temporal_selfatt_only", true);
        unet.Fixed("use_relative_position", false, upstreamDefault: true);
        unet.Fixed("use_causal_attention", false);
        unet.Fixed("use_fp16", false);
        unet.Fixed("image_cross_attention", true, upstreamDefault: false);
        unet.Fixed("cross_attention_scale_learnable", false);
        unet.Close();
        return options;
    }

    private static HeadOptions Head(ConfigSection unet, (int Height, int Width) imageSize, IReadOnlyList<int>? resNetPlanes, int stateDim)
    {
        var head = unet.Target("unet_head_config", HeadTarget);
        var encoder = head.Target("obs_encoder_config", EncoderTarget);
        var resNet = encoder.Target("rgb_model_config", ResNetTarget);
        var options = new HeadOptions
        {
            InputDim = head.Int("input_dim"),
            NumObsSteps = head.Int("n_obs_steps", 1),
            DiffusionStepEmbedDim = head.Int("diffusion_step_embed_dim", 256),
            DownDims = head.Ints("down_dims", [256, 512, 1024]),
            KernelSize = head.Int("kernel_size", 3),
            NumGroups = head.Int("n_groups", 8),
            Horizon = head.Int("horizon", 16),
            ActProjDim = head.Int("act_proj_dim", 32),
            LatentSize = head.Size("image_size"),
            ImageSize = imageSize,
            ResNetPlanes = resNet.Ints("planes", resNetPlanes ?? [64, 128, 256, 512]),
            SpatialSoftmaxKeyPoints = encoder.Int("spatial_softmax_kp", 32),
            ObsStateDim = stateDim,
        };

        // Without cross attention its head width, its linear form and its context widths have no effect.
        head.Ignore("num_head_channels", "use_linear_attn", "context_dims", "spatial_num_kp");
        head.Fixed("cond_cross_attention", false);
        head.Fixed("cond_predict_scale", true, upstreamDefault: false);
        head.Fixed("use_linear_act_proj", true);
        head.Fixed("imagen_cond_gradient", true, upstreamDefault: false);
        head.Fixed("last_frame_only", false);
        head.Fixed("use_imagen_mid_only", false);
        head.Fixed("use_z_only", false);
        head.Fixed("local_cond_dim", null);
        head.Fixed("global_cond_dim", null);
        head.Close();

        // Pre-trained image weights are replaced by the checkpoint's.
        resNet.Ignore("weights");
        resNet.Fixed("name", "resnet18");
        resNet.Close();

        encoder.Ignore("shape_meta_path", "random_crop");
        encoder.Fixed("resize_shape", null);
        encoder.Fixed("crop_shape", null);
        encoder.Fixed("use_group_norm", true, upstreamDefault: false);
        encoder.Fixed("share_rgb_model", false);
        encoder.Fixed("imagenet_norm", true, upstreamDefault: false);
        encoder.Fixed("use_spatial_softmax", true, upstreamDefault: false);
        encoder.Fixed("use_dinoSiglip", false);
        encoder.Close();
        return options;
    }

    private static TokenProjectorOptions Projector(ConfigSection unet)
    {
        var projector = unet.Target("stem_process_config", ProjectorTarget);
        var options = new TokenProjectorOptions
        {
            Dim = projector.Int("dim", 1024),
            Depth = projector.Int("depth", 1),
            DimHead = projector.Int("dim_head", 64),
            Heads = projector.Int("heads", 16),
            NumQueries = projector.Int("num_queries", 16),
            ChunkSize = projector.Int("chunk_size"),
            OutputDim = projector.Int("output_dim", 1024),
            FfMult = projector.Int("ff_mult", 4),
        };
        projector.Close();
        return options;
    }
}
