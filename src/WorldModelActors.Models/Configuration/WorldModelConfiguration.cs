namespace WorldModelActors.Models;

/// <summary>Reads the whole model from upstream's schema.</summary>
internal static class WorldModelConfiguration
{
    private const string ModelTarget = "unifolm_wma.models.ddpms.LatentVisualDiffusion";
    private const string SchedulerTarget = "diffusers.DDIMScheduler";

    /// <param name="root">The file: <c>{model: {target, params}, data, ...}</c>, or the model alone.</param>
    /// <param name="clip">A <c>clip.json</c> beside it; an entry <c>clip</c> of the file itself wins.</param>
    /// <exception cref="ConfigurationException">Something is missing, wrong or unsupported; the message names the key.</exception>
    public static WorldModelOptions Read(ConfigNode root, ConfigNode? clip)
    {
        var interpolation = new Interpolation(root);
        if (root is not ConfigMap map)
        {
            throw new ConfigurationException("is not a map with the key 'model'");
        }

        var top = new ConfigSection(interpolation, map);
        var clipSizes = top.FindSection("clip") ?? Section(clip);
        var model = (map["model"] is null && map["target"] is not null ? top : top.Section("model")).Target(ModelTarget);

        var autoencoder = ConditionConfiguration.Autoencoder(model);
        var latent = model.Size("image_size");
        var factor = 1 << Math.Min(autoencoder.ChannelMult.Count - 1, 10);
        var image = map["image_hw"] is not null ? top.Size("image_hw")
            : Resolution(top) ?? (latent.Height * factor, latent.Width * factor);
        var planes = map["resnet18_planes"] is not null ? top.Ints("resnet18_planes") : null;
        var stateDim = model.Int("agent_state_dim", 14);
        CheckScheduler(model);

        var options = new WorldModelOptions
        {
            Diffusion = Diffusion(model),
            UNet = UNetConfiguration.Read(model, image, planes, stateDim),
            Autoencoder = autoencoder,
            ClipText = ConditionConfiguration.Text(model, clipSizes),
            ClipImage = ConditionConfiguration.Image(model, clipSizes),
            Resampler = ConditionConfiguration.Resampler(model),
            GlobalEmbDim = model.Int("global_emb_dim", 1024),
            AgentStateDim = stateDim,
            AgentActionDim = model.Int("agent_action_dim", 14),
            NumObsStepsImagen = model.Int("n_obs_steps_imagen", 2),
            NumObsStepsActing = model.Int("n_obs_steps_acting", 2),
            LatentSize = latent,
            ImageSize = image,
            PerFrameAutoencoder = model.Bool("perframe_ae", false),

            // Upstream's default is true, but there the flag only concerns training; a file that lacks it means the usual context.
            DecisionMakingOnly = model.Bool("decision_making_only", false),
            HasEmaHead = model.Bool("dp_use_ema", false),
        };
        CloseModel(model, options);
        WorldModelChecks.Check(options, model);
        return options;
    }

    private static DiffusionOptions Diffusion(ConfigSection model)
    {
        var parameterization = model.Text("parameterization", "eps");
        if (parameterization is not ("v" or "eps"))
        {
            throw new ConfigurationException($"{model.Under("parameterization")}: '{parameterization}' is not supported, only 'v' and 'eps'");
        }

        return new DiffusionOptions
        {
            Timesteps = model.Int("timesteps", 1000, least: 2),
            LinearStart = model.Double("linear_start", 1e-4),
            LinearEnd = model.Double("linear_end", 2e-2),
            RescaleBetasZeroSnr = model.Bool("rescale_betas_zero_snr", false),
            Parameterization = parameterization,
            UseDynamicRescale = model.Bool("use_dynamic_rescale", false),
            BaseScale = model.Double("base_scale", 0.7),
            TurningStep = model.Int("turning_step", 400),
            ScaleFactor = model.Double("scale_factor", 1),
        };
    }

    private static void CloseModel(ConfigSection model, WorldModelOptions options)
    {
        model.Fixed("channels", options.UNet.OutChannels, upstreamDefault: 3);
        model.Fixed("beta_schedule", "linear");
        model.Fixed("given_betas", null);
        model.Fixed("conditioning_key", "hybrid", upstreamDefault: "crossattn");
        model.Fixed("uncond_type", "empty_seq");
        model.Fixed("use_ema", false, upstreamDefault: true);
        model.Fixed("scale_by_std", false);
        model.Fixed("encoder_type", "2d");
        model.Fixed("interp_mode", false);
        model.Fixed("learn_logvar", false);
        model.Fixed("fps_condition_type", "fps", upstreamDefault: "fs");
        model.Ignore(
            "wma_config", "first_stage_config", "cond_stage_config", "img_cond_stage_config", "image_proj_stage_config", "noise_scheduler_config",
            "num_timesteps_cond", "first_stage_key", "cond_stage_key", "cond_stage_trainable", "cond_stage_forward", "uncond_prob", "only_model",
            "noise_strength", "logdir", "rand_cond_frame", "en_and_decode_n_samples_a_time", "loss_type", "ckpt_path", "ignore_keys", "load_only_unet",
            "monitor", "log_every_t", "clip_denoised", "cosine_s", "original_elbo_weight", "v_posterior", "l_simple_weight", "scheduler_config",
            "use_positional_encodings", "logvar_init", "dp_optimizer_config", "dp_ema_config", "freeze_embedder", "image_proj_model_trainable",
            "input_pertub", "lr_scheduler", "lr_warmup_steps", "num_epochs", "gradient_accumulate_every", "use_scheduler", "pretrained_checkpoint");
        model.Close();
    }

    /// <summary>The heads' noise scheduler is fixed; a file that describes another one is refused.</summary>
    private static void CheckScheduler(ConfigSection model)
    {
        if (model.FindSection("noise_scheduler_config") is not { } section)
        {
            return;
        }

        var scheduler = section.Target(SchedulerTarget);
        scheduler.Ignore("beta_start", "beta_end");
        scheduler.Fixed("num_train_timesteps", 1000);
        scheduler.Fixed("beta_schedule", "squaredcos_cap_v2", upstreamDefault: "linear");
        scheduler.Fixed("prediction_type", "epsilon");
        scheduler.Fixed("clip_sample", true);
        scheduler.Fixed("set_alpha_to_one", true);
        scheduler.Fixed("steps_offset", 0);
        scheduler.Close();
    }

    private static (int Height, int Width)? Resolution(ConfigSection top)
    {
        var data = top.FindSection("data")?.FindSection("params");
        var split = data?.FindSection("test") ?? data?.FindSection("validation") ?? data?.FindSection("train");
        return split?.FindSection("params") is { } parameters && parameters.Find("resolution") is not null ? parameters.Size("resolution") : null;
    }

    private static ConfigSection? Section(ConfigNode? node) => node switch
    {
        null => null,
        ConfigMap map => new ConfigSection(new Interpolation(map), map),
        _ => throw new ConfigurationException("clip.json: is not a map with the keys 'text' and 'image'"),
    };
}
