namespace WorldModelActors.Models;

/// <summary>
/// Action or state head (after Chi et al., "Diffusion policy", 2023): a small 1-D U-Net that predicts the noise of an action or
/// state sequence from the backbone's features. The convolutions run along the projected features with the action dimensions as
/// channels; the time steps are batch entries and meet nowhere inside the head.
/// </summary>
internal sealed partial class ConditionalUnet1D
{
    private readonly HeadOptions _options;
    private readonly ObservationEncoder _observationEncoder;
    private readonly SpatialSoftmax[] _keyPoints;
    private readonly LinearLayer _stepExpand;
    private readonly LinearLayer _stepProject;
    private readonly LinearLayer _projectIn;
    private readonly LayerNormLayer _normIn;
    private readonly DownStage[] _down;
    private readonly ConditionalResidualBlock1D[] _middle;
    private readonly UpStage[] _up;
    private readonly Conv1dBlock _finalBlock;
    private readonly (Tensor Weight, Tensor Bias) _final;
    private readonly LayerNormLayer _normOut;
    private readonly LinearLayer _projectOut;

    /// <param name="weights">Key prefix of the head (<c>action_unet</c>, <c>state_unet</c>).</param>
    /// <param name="options">Sizes of the head.</param>
    /// <param name="featureChannels">Channels of the backbone at each level, as many as the head has stages.</param>
    public ConditionalUnet1D(IWeights weights, HeadOptions options, IReadOnlyList<int> featureChannels)
    {
        var stages = options.DownDims.Count;
        if (featureChannels.Count != stages)
        {
            throw new ModelInputException($"the heads have {stages} stages (down_dims), the backbone has {featureChannels.Count} levels (channel_mult): they must agree");
        }

        _options = options;
        _observationEncoder = new ObservationEncoder(weights.Scope("obs_encoder"), options);
        _keyPoints = KeyPoints(weights, options, featureChannels);

        var step = weights.Scope("diffusion_step_encoder");
        var stepDim = options.DiffusionStepEmbedDim;
        _stepExpand = new LinearLayer(step.Scope("1"), stepDim, 4 * stepDim);
        _stepProject = new LinearLayer(step.Scope("3"), 4 * stepDim, stepDim);

        var sharedDim = stepDim + (options.NumObsSteps * ObservationEncoder.FeaturesPerStep(options));
        int ConditionDim(int level) => sharedDim + (2 * featureChannels[level]);
        ConditionalResidualBlock1D Block(string name, int inChannels, int outChannels, int level) =>
            new(weights.Scope(name), inChannels, outChannels, ConditionDim(level), options);

        var dims = options.DownDims;
        _down = new DownStage[stages];
        _up = new UpStage[stages];
        for (var i = 0; i < stages; i++)
        {
            var inChannels = i == 0 ? options.InputDim : dims[i - 1];
            _down[i] = new DownStage(
                Block($"down_modules.{i}.0", inChannels, dims[i], i),
                Block($"down_modules.{i}.1", dims[i], dims[i], i),
                i == stages - 1 ? null : Resampling(weights.Scope($"down_modules.{i}.3.conv"), dims[i], 3));
        }

        _middle = [Block("mid_modules.0", dims[^1], dims[^1], stages - 1), Block("mid_modules.1", dims[^1], dims[^1], stages - 1)];
        for (var i = 0; i < stages; i++)
        {
            var level = stages - 1 - i;
            var below = i == 0 ? dims[^1] : dims[level + 1];
            _up[i] = new UpStage(
                Block($"up_modules.{i}.0", below + dims[level], dims[level], level),
                Block($"up_modules.{i}.1", dims[level], dims[level], level),
                i == stages - 1 ? null : Resampling(weights.Scope($"up_modules.{i}.3.conv"), dims[level], 4));
        }

        _finalBlock = new Conv1dBlock(weights.Scope("final_conv.0"), dims[0], dims[0], options);
        var final = weights.Scope("final_conv.1");
        _final = (final.Parameter("weight", options.InputDim, dims[0], 1), final.Parameter("bias", options.InputDim));

        var width = options.ActProjDim;
        _projectIn = new LinearLayer(weights.Scope("proj_in_action.0"), 1, width);
        _normIn = new LayerNormLayer(weights.Scope("proj_in_action.1"), width);
        _normOut = new LayerNormLayer(weights.Scope("proj_out_action.0"), width);
        _projectOut = new LinearLayer(weights.Scope("proj_out_action.1"), width, 1);
        DeclareHorizonProjections(weights, options);
    }

    /// <summary>Backbone features that a head reads: one per stage on the way down, one in the middle, one per stage on the way up.</summary>
    public int FeatureCount => (2 * _options.DownDims.Count) + 1;

    /// <summary>Encoder of the observation.</summary>
    public ObservationEncoder ObservationEncoder => _observationEncoder;

    /// <summary>Images [B, 3, n, H, W] and states [B, n, S] → observation features [B, n (2 K + S)], constant over the steps.</summary>
    public Tensor EncodeObservation(Tensor images, Tensor states) => _observationEncoder.Forward(images, states);

    /// <summary>Frames [N, C, h, w] of the backbone's feature <paramref name="index"/> → key points [N, C, 2].</summary>
    public Tensor FeatureKeyPoints(int index, Tensor frames)
    {
        var stages = _keyPoints.Length;
        return _keyPoints[index < stages ? index : Math.Min(stages - 1, (2 * stages) - index)].Forward(frames);
    }

    /// <summary>Timesteps [B] → step embedding [B, diffusion_step_embed_dim].</summary>
    public Tensor EmbedStep(Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        var sinusoids = SinusoidalEmbedding.SineFirst(timesteps, _options.DiffusionStepEmbedDim).to(_stepExpand.Type);
        return _stepProject.Forward(F.mish(_stepExpand.Forward(sinusoids))).MoveToOuterDisposeScope();
    }

    /// <summary>Noise of a sequence.</summary>
    /// <param name="sample">Noisy actions or states [B, T, 16].</param>
    /// <param name="timesteps">[B], 0..999 as they are.</param>
    /// <param name="features"><see cref="FeatureCount"/> tensors [B T, C, h, w], frame-folded.</param>
    /// <param name="observation">Result of <see cref="EncodeObservation"/>.</param>
    /// <returns>[B, T, 16].</returns>
    public Tensor Forward(Tensor sample, Tensor timesteps, IReadOnlyList<Tensor> features, Tensor observation)
    {
        using var scope = NewDisposeScope();
        using var pass = Begin(sample, timesteps, observation);
        foreach (var feature in features)
        {
            pass.Feed(feature);
        }

        return pass.Finish().MoveToOuterDisposeScope();
    }

    private static SpatialSoftmax[] KeyPoints(IWeights weights, HeadOptions options, IReadOnlyList<int> channels)
    {
        var stages = channels.Count;
        var sizes = new (int Height, int Width)[stages];
        for (var i = 0; i < stages; i++)
        {
            sizes[i] = i == 0 ? options.LatentSize : ((sizes[i - 1].Height + 1) / 2, (sizes[i - 1].Width + 1) / 2);
        }

        // The middle and the way up read through the blocks of the way down: each level's block stands in the list once for every
        // feature that it reads. Where the copies differ (other rounding), the last one is what the reference computes with.
        var blocks = weights.Scope("spatial_softmax_blocks");
        SpatialSoftmax Block(int level)
        {
            var last = (2 * stages) - level;
            int[] earlier = level == stages - 1 ? [stages, level] : [level];
            foreach (var index in earlier)
            {
                SpatialSoftmax.DeclareRepeated(blocks, last, index, channels[level], channels[level], sizes[level]);
            }

            return new SpatialSoftmax(blocks.Scope($"{last}"), channels[level], channels[level], sizes[level]);
        }

        return [.. Enumerable.Range(0, stages).Select(Block)];
    }

    /// <summary>Projections along the time axis that checkpoints carry and no pass reads.</summary>
    private static void DeclareHorizonProjections(IWeights weights, HeadOptions options)
    {
        weights.Unused("proj_in_horizon.0.weight", [options.ActProjDim, options.Horizon]);
        weights.Unused("proj_in_horizon.0.bias", [options.ActProjDim]);
        weights.Unused("proj_in_horizon.1.weight", [options.ActProjDim]);
        weights.Unused("proj_in_horizon.1.bias", [options.ActProjDim]);
        weights.Unused("proj_out_horizon.0.weight", [options.ActProjDim]);
        weights.Unused("proj_out_horizon.0.bias", [options.ActProjDim]);
        weights.Unused("proj_out_horizon.1.weight", [options.Horizon, options.ActProjDim]);
        weights.Unused("proj_out_horizon.1.bias", [options.Horizon]);
    }

    private static (Tensor Weight, Tensor Bias) Resampling(IWeights weights, int channels, int kernel) =>
        (weights.Parameter("weight", channels, channels, kernel), weights.Parameter("bias", channels));

    private sealed record DownStage(
        ConditionalResidualBlock1D Block0, ConditionalResidualBlock1D Block1, (Tensor Weight, Tensor Bias)? Downsample);

    private sealed record UpStage(
        ConditionalResidualBlock1D Block0, ConditionalResidualBlock1D Block1, (Tensor Weight, Tensor Bias)? Upsample);
}
