namespace WorldModelActors.Models;

/// <summary>
/// The whole world model: every network, the schedule buffers and the positional embeddings of one checkpoint. It owns
/// its weights where they are disposable. Building it declares the complete key set of the checkpoint.
/// </summary>
public sealed class WorldModel : IDisposable
{
    private readonly IDisposable? _weights;

    private WorldModel(WorldModelOptions options, IWeights weights, Func<string, long[]>? tokenize)
    {
        Options = options;
        _weights = weights as IDisposable;

        var width = options.GlobalEmbDim;
        var actionPosition = weights.Parameter("agent_action_pos_emb", 1, options.UNet.TemporalLength, width);
        var statePosition = weights.Parameter("agent_state_pos_emb", 1, options.NumObsStepsImagen, width);
        Device = actionPosition.device;
        Dtype = actionPosition.dtype;
        Schedule = new ScheduleBuffers(weights, options.Diffusion);
        weights.Unused("cond_pos_emb", [options.UNet.TemporalLength, width], isBuffer: true);

        UNet = new WmaUNet(weights.Scope("model.diffusion_model"), options.UNet);
        FirstStage = new FirstStage(
            new AutoencoderKL(weights.Scope("first_stage_model"), options.Autoencoder), options.Diffusion.ScaleFactor, Dtype);
        var textEncoder = new ClipTextEncoder(weights.Scope("cond_stage_model.model"), options.ClipText);
        Text = new TextConditioner(textEncoder, tokenize, Device);
        Conditions = new ConditionAssembler(
            new ClipImageEncoder(weights.Scope("embedder.model"), options.ClipImage),
            new Resampler(weights.Scope("image_proj_model"), options.Resampler),
            new MlpProjector(weights.Scope("state_projector"), options.AgentStateDim, width),
            new MlpProjector(weights.Scope("action_projector"), options.AgentActionDim, width),
            statePosition,
            actionPosition,
            options.DecisionMakingOnly);
        if (options.HasEmaHead)
        {
            DeclareEmaHead(weights, options.UNet);
        }

        if (Device.type == DeviceType.CUDA)
        {
            // The weights were made on this thread's stream; whoever reads them on another one does not wait for it.
            cuda.synchronize(Device);
        }
    }

    /// <summary>Sizes and settings of the model.</summary>
    public WorldModelOptions Options { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device { get; }

    /// <summary>Dtype of the networks; latents, images and schedules are float32 whatever it is.</summary>
    public ScalarType Dtype { get; }

    /// <summary>Noise schedule arrays of the checkpoint.</summary>
    public ScheduleBuffers Schedule { get; }

    /// <summary>The denoising network with both heads.</summary>
    public WmaUNet UNet { get; }

    /// <summary>The autoencoder with the latents' scale factor.</summary>
    public FirstStage FirstStage { get; }

    /// <summary>Instructions to text tokens.</summary>
    public TextConditioner Text { get; }

    /// <summary>Observation tokens and the cross-attention context.</summary>
    public ConditionAssembler Conditions { get; }

    /// <summary>
    /// Builds all networks over <paramref name="weights"/> (a view at the checkpoint's root) and takes the weights over where
    /// they are disposable, also when it throws.
    /// </summary>
    /// <param name="options">Sizes.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="tokenize">Instruction to token ids [77]; null: only the empty text can be embedded.</param>
    public static WorldModel Build(WorldModelOptions options, IWeights weights, Func<string, long[]>? tokenize = null)
    {
        try
        {
            return new WorldModel(options, weights, tokenize);
        }
        catch
        {
            (weights as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Text.Dispose();
        UNet.Dispose();
        _weights?.Dispose();
        if (Device.type == DeviceType.CUDA)
        {
            try
            {
                // What the allocator keeps for later in blocks of this model's sizes is of little use to the next one.
                CudaDevice.EmptyCache();
            }
            catch (TorchException)
            {
                // The device is lost: there is nothing to give back to it.
            }
        }
    }

    /// <summary>The checkpoint may carry a moving average of the action head's weights, which inference never reads.</summary>
    private static void DeclareEmaHead(IWeights weights, UNetOptions options)
    {
        using var scope = NewDisposeScope();
        int[] featureChannels = [.. options.ChannelMult.Select(mult => mult * options.ModelChannels)];
        _ = new ConditionalUnet1D(new UnusedWeights(weights.Scope("dp_ema_model")), options.Head, featureChannels);
    }
}
