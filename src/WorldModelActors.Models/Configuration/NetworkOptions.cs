namespace WorldModelActors.Models;

/// <summary>Sizes of the WMA UNet (upstream <c>WMAModel</c>, YAML <c>wma_config.params</c>). Defaults: full size.</summary>
public sealed record UNetOptions
{
    public int InChannels { get; init; } = 8;
    public int OutChannels { get; init; } = 4;
    public int ModelChannels { get; init; } = 320;
    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 4, 4];
    public int NumResBlocks { get; init; } = 2;
    /// <summary>Down-sampling factors (1 = full resolution) at which the blocks carry attention.</summary>
    public IReadOnlyList<int> AttentionResolutions { get; init; } = [4, 2, 1];
    public int NumHeadChannels { get; init; } = 64;
    public int TransformerDepth { get; init; } = 1;
    /// <summary>Width D of the context tokens.</summary>
    public int ContextDim { get; init; } = 1024;
    /// <summary>Frames T of a sample.</summary>
    public int TemporalLength { get; init; } = 16;
    /// <summary>fs used where none is given.</summary>
    public int DefaultFs { get; init; } = 10;
    public bool FsCondition { get; init; } = true;
    /// <summary>Observations (state tokens) at the head of the context.</summary>
    public int NumObsSteps { get; init; } = 2;
    /// <summary>Tokens that one action becomes per frame.</summary>
    public int NumStemToken { get; init; } = 16;
    /// <summary>The context comes per frame already, the heads do not run (base_model_inference).</summary>
    public bool BaseModelGenOnly { get; init; }
    /// <summary>init_attn after the first convolution (YAML addition_attention).</summary>
    public bool AdditionAttention { get; init; } = true;
    public required HeadOptions Head { get; init; }
    public required TokenProjectorOptions TokenProjector { get; init; }
}

/// <summary>Sizes of one action/state head (upstream <c>ConditionalUnet1D</c> with its <c>MultiImageObsEncoder</c>).</summary>
public sealed record HeadOptions
{
    /// <summary>Action or state dimensions (16), which are the channels of the 1-D convolutions.</summary>
    public int InputDim { get; init; } = 16;
    public int NumObsSteps { get; init; } = 2;
    public int DiffusionStepEmbedDim { get; init; } = 128;
    public IReadOnlyList<int> DownDims { get; init; } = [256, 512, 1024, 2048];
    public int KernelSize { get; init; } = 5;
    public int NumGroups { get; init; } = 8;
    /// <summary>Time steps predicted (16).</summary>
    public int Horizon { get; init; } = 16;
    public int ActProjDim { get; init; } = 32;
    /// <summary>Latent size (h, w); fixes the coordinate grids of the spatial soft-max blocks.</summary>
    public required (int Height, int Width) LatentSize { get; init; }
    /// <summary>Observation image size (H, W); fixes the coordinate grid of the encoder's spatial soft-max.</summary>
    public required (int Height, int Width) ImageSize { get; init; }
    /// <summary>Widths of the four resnet18 stages.</summary>
    public IReadOnlyList<int> ResNetPlanes { get; init; } = [64, 128, 256, 512];
    public int SpatialSoftmaxKeyPoints { get; init; } = 128;
    /// <summary>Dimensions of the observation state (16).</summary>
    public int ObsStateDim { get; init; } = 16;
}

/// <summary>Sizes of the action token projector (upstream <c>SATokenProjector</c>).</summary>
public sealed record TokenProjectorOptions
{
    public int Dim { get; init; } = 1024;
    public int Depth { get; init; } = 1;
    public int DimHead { get; init; } = 64;
    public int Heads { get; init; } = 16;
    /// <summary>Queries per frame; the learned table has NumQueries * ChunkSize rows.</summary>
    public int NumQueries { get; init; } = 16;
    public int ChunkSize { get; init; } = 16;
    public int OutputDim { get; init; } = 1024;
    public int FfMult { get; init; } = 4;
}

/// <summary>Sizes of the image token resampler (upstream <c>Resampler</c>).</summary>
public sealed record ResamplerOptions
{
    public int Dim { get; init; } = 1024;
    public int Depth { get; init; } = 4;
    public int DimHead { get; init; } = 64;
    public int Heads { get; init; } = 12;
    public int NumQueries { get; init; } = 16;
    public int VideoLength { get; init; } = 16;
    public int EmbeddingDim { get; init; } = 1280;
    public int OutputDim { get; init; } = 1024;
    public int FfMult { get; init; } = 4;
}

/// <summary>Sizes of the KL autoencoder (upstream <c>AutoencoderKL</c>, YAML <c>ddconfig</c>).</summary>
public sealed record AutoencoderOptions
{
    public int EmbedDim { get; init; } = 4;
    public int ZChannels { get; init; } = 4;
    public int InChannels { get; init; } = 3;
    public int OutChannels { get; init; } = 3;
    public int Channels { get; init; } = 128;
    public IReadOnlyList<int> ChannelMult { get; init; } = [1, 2, 4, 4];
    public int NumResBlocks { get; init; } = 2;
}

/// <summary>Sizes of an OpenCLIP text tower (open_clip model config, <c>text_cfg</c>).</summary>
public sealed record ClipTextOptions
{
    public int ContextLength { get; init; } = 77;
    public int VocabSize { get; init; } = 49408;
    public int Width { get; init; } = 1024;
    public int Heads { get; init; } = 16;
    public int Layers { get; init; } = 24;
    /// <summary>Width of the joint embedding; only sizes the unused text_projection.</summary>
    public int EmbedDim { get; init; } = 1024;
}

/// <summary>Sizes of an OpenCLIP image tower (open_clip model config, <c>vision_cfg</c>).</summary>
public sealed record ClipImageOptions
{
    public int ImageSize { get; init; } = 224;
    public int Width { get; init; } = 1280;
    public int HeadWidth { get; init; } = 80;
    public int Layers { get; init; } = 32;
    public int PatchSize { get; init; } = 14;
    public double MlpRatio { get; init; } = 4;
    /// <summary>Width of the joint embedding; only sizes the unused proj.</summary>
    public int EmbedDim { get; init; } = 1024;
    /// <summary>The text tower's left-overs that embedder.model carries in a checkpoint (never read).</summary>
    public ClipTextOptions TextLeftovers { get; init; } = new();
}

/// <summary>Diffusion settings of the model (upstream <c>LatentVisualDiffusion</c>).</summary>
public sealed record DiffusionOptions
{
    public int Timesteps { get; init; } = 1000;
    public double LinearStart { get; init; } = 0.00085;
    public double LinearEnd { get; init; } = 0.012;
    public bool RescaleBetasZeroSnr { get; init; } = true;
    /// <summary>"v" or "eps".</summary>
    public string Parameterization { get; init; } = "v";
    public bool UseDynamicRescale { get; init; } = true;
    public double BaseScale { get; init; } = 0.7;
    /// <summary>Steps over which the dynamic rescale falls from 1 to BaseScale.</summary>
    public int TurningStep { get; init; } = 400;
    /// <summary>Latents are multiplied by this after encoding.</summary>
    public double ScaleFactor { get; init; } = 0.18215;
}

/// <summary>The whole model: everything that the networks and the schedules need to be built.</summary>
public sealed record WorldModelOptions
{
    public required DiffusionOptions Diffusion { get; init; }
    public required UNetOptions UNet { get; init; }
    public required AutoencoderOptions Autoencoder { get; init; }
    public required ClipTextOptions ClipText { get; init; }
    public required ClipImageOptions ClipImage { get; init; }
    public required ResamplerOptions Resampler { get; init; }
    /// <summary>Width of the state/action projectors' output (upstream literal 1024; YAML global_emb_dim).</summary>
    public int GlobalEmbDim { get; init; } = 1024;
    public int AgentStateDim { get; init; } = 16;
    public int AgentActionDim { get; init; } = 16;
    public int NumObsStepsImagen { get; init; } = 2;
    public int NumObsStepsActing { get; init; } = 2;
    public required (int Height, int Width) LatentSize { get; init; }
    /// <summary>Observation and video frame size (H, W).</summary>
    public required (int Height, int Width) ImageSize { get; init; }
    public bool PerFrameAutoencoder { get; init; } = true;
    /// <summary>The policy context leaves out the 16 action tokens (world_model_decision_making servers).</summary>
    public bool DecisionMakingOnly { get; init; }
    /// <summary>Checkpoints carry an EMA copy of the action head (never read).</summary>
    public bool HasEmaHead { get; init; }
}
