using WorldModelActors.Models.ChannelsLast;

namespace WorldModelActors.Models;

/// <summary>
/// The WMA backbone with its heads: a video U-Net (after DynamiCrafter; Xing et al., 2023) over T latent frames, conditioned on
/// robot states, actions, an instruction and the observed image, plus an action and a state head that read its features. Key
/// prefix <c>model.diffusion_model</c>.
/// </summary>
public sealed class WmaUNet : IDisposable
{
    // Upstream leaves the output blocks' action context at this default although T * 16 tokens come in; the released weights were
    // trained with it.
    private const int OutputBlockActionTokens = 16;
    private const int InitialAttentionHeads = 8;

    private readonly UNetOptions _options;
    private readonly ContextRegrouping _regrouping;
    private readonly TimestepEmbedding _timeEmbedding;
    private readonly TimestepEmbedding? _strideEmbedding;
    private readonly Conv2dLayer _stem;
    private readonly TemporalTransformer? _initialAttention;
    private readonly List<UNetBlock> _input = [];
    private readonly ResBlock _middleIn;
    private readonly SpatialTransformer _middleSpatial;
    private readonly TemporalTransformer _middleTemporal;
    private readonly ResBlock _middleOut;
    private readonly List<UNetBlock> _output = [];
    private readonly GroupNormLayer _outNorm;
    private readonly Conv2dLayer _outConv;
    private readonly ConditionalUnet1D _actionHead;
    private readonly ConditionalUnet1D _stateHead;
    private readonly ChannelsLastBackbone? _channelsLast;

    /// <param name="weights">The view of <c>model.diffusion_model.</c></param>
    /// <param name="options">Sizes of the network.</param>
    public WmaUNet(IWeights weights, UNetOptions options)
    {
        _options = options;
        var channels = options.ModelChannels;
        var embedDim = 4 * channels;
        _regrouping = new ContextRegrouping(weights, options);
        _timeEmbedding = new TimestepEmbedding(weights.Scope("time_embed"), channels, embedDim);
        _strideEmbedding = options.FsCondition ? new TimestepEmbedding(weights.Scope("fps_embedding"), channels, embedDim) : null;
        _stem = new Conv2dLayer(weights.Scope("input_blocks.0.0"), options.InChannels, channels, 3, padding: 1);
        _initialAttention = options.AdditionAttention
            ? new TemporalTransformer(
                weights.Scope("init_attn.0"), channels, InitialAttentionHeads, options.NumHeadChannels, options.TransformerDepth, convProjections: true)
            : null;

        var actionTokens = options.NumStemToken * options.TemporalLength;
        var levels = options.ChannelMult.Count;
        var skips = new Stack<int>([channels]);
        var width = channels;
        for (var level = 0; level < levels; level++)
        {
            var attention = options.AttentionResolutions.Contains(1 << level);
            for (var i = 0; i < options.NumResBlocks; i++)
            {
                var outChannels = channels * options.ChannelMult[level];
                _input.Add(UNetBlock.Residual(InputScope(weights), width, outChannels, embedDim, attention, upsample: false, actionTokens, options));
                skips.Push(width = outChannels);
            }

            if (level < levels - 1)
            {
                _input.Add(UNetBlock.Down(InputScope(weights), width));
                skips.Push(width);
            }
        }

        var middle = weights.Scope("middle_block");
        _middleIn = new ResBlock(middle.Scope("0"), width, width, embedDim);
        _middleSpatial = new SpatialTransformer(middle.Scope("1"), width, actionTokens, options);
        _middleTemporal = new TemporalTransformer(
            middle.Scope("2"), width, width / options.NumHeadChannels, options.NumHeadChannels, options.TransformerDepth);
        _middleOut = new ResBlock(middle.Scope("3"), width, width, embedDim);

        for (var level = levels - 1; level >= 0; level--)
        {
            var attention = options.AttentionResolutions.Contains(1 << level);
            for (var i = 0; i <= options.NumResBlocks; i++)
            {
                var outChannels = channels * options.ChannelMult[level];
                _output.Add(UNetBlock.Residual(
                    weights.Scope($"output_blocks.{_output.Count}"),
                    width + skips.Pop(),
                    outChannels,
                    embedDim,
                    attention,
                    upsample: level > 0 && i == options.NumResBlocks,
                    OutputBlockActionTokens,
                    options));
                width = outChannels;
            }
        }

        _outNorm = new GroupNormLayer(weights.Scope("out.0"), width, 1e-5);
        _outConv = new Conv2dLayer(weights.Scope("out.2"), width, options.OutChannels, 3, padding: 1);
        int[] featureChannels = [.. options.ChannelMult.Select(m => m * channels)];
        _actionHead = new ConditionalUnet1D(weights.Scope("action_unet"), options.Head, featureChannels);
        _stateHead = new ConditionalUnet1D(weights.Scope("state_unet"), options.Head, featureChannels);
        _channelsLast = ChannelsLastBackbone.Fits(_stem.Weight.device, _stem.Type)
            ? new ChannelsLastBackbone(
                _stem, _initialAttention, _input, (_middleIn, _middleSpatial, _middleTemporal, _middleOut), _output, _outNorm, _outConv)
            : null;
    }

    /// <summary>Sizes of the network.</summary>
    public UNetOptions Options => _options;

    /// <summary>Input blocks 1, 2, ... (block 0 is the stem).</summary>
    internal IReadOnlyList<UNetBlock> InputBlocks => _input;

    /// <summary>The parts of the middle block.</summary>
    internal IReadOnlyList<object> MiddleBlock => [_middleIn, _middleSpatial, _middleTemporal, _middleOut];

    /// <summary>Output blocks 0, 1, ...</summary>
    internal IReadOnlyList<UNetBlock> OutputBlocks => _output;

    /// <summary>The attention after the stem; null where the network has none.</summary>
    internal TemporalTransformer? InitialAttention => _initialAttention;

    /// <summary>Predicts the noise of the actions.</summary>
    internal ConditionalUnet1D ActionHead => _actionHead;

    /// <summary>Predicts the noise of the states.</summary>
    internal ConditionalUnet1D StateHead => _stateHead;

    /// <summary>Makes the tokens of an action.</summary>
    internal Perceiver ActionTokenProjector => _regrouping.ActionTokenProjector;

    /// <summary>
    /// Runs the chosen heads' image encoders on an observation, for <see cref="Prepare(Tensor, Tensor?, ObservationFeatures?, Tensor?)"/>.
    /// </summary>
    /// <param name="images">Observed images [B, 3, n, H, W] in [-1, 1].</param>
    /// <param name="states">Normalised, padded robot states [B, n, 16].</param>
    /// <param name="heads">Heads to encode for.</param>
    /// <exception cref="ModelInputException">A shape does not fit.</exception>
    public ObservationFeatures EncodeObservation(Tensor images, Tensor states, HeadSelection heads) => new(
        heads.HasFlag(HeadSelection.Action) ? _actionHead.EncodeObservation(images, states) : null,
        heads.HasFlag(HeadSelection.State) ? _stateHead.EncodeObservation(images, states) : null);

    /// <summary>As the other overload, with the observation encoded here. Both <paramref name="observedImages"/> and
    /// <paramref name="observedStates"/> are needed where <paramref name="heads"/> names a head.</summary>
    public UNetConditioning Prepare(
        Tensor context, Tensor? fs, Tensor? observedImages, Tensor? observedStates, HeadSelection heads, Tensor? concatLatent = null)
    {
        if (_options.BaseModelGenOnly || heads == HeadSelection.None)
        {
            return Prepare(context, fs, null, concatLatent);
        }

        if (observedImages is null || observedStates is null)
        {
            throw new ModelInputException("a head is asked for, but no observation images and states are given");
        }

        using var features = EncodeObservation(observedImages, observedStates, heads);
        return Prepare(context, fs, features, concatLatent);
    }

    /// <summary>Computes once what stays the same over the sampling steps.</summary>
    /// <param name="context">Context tokens [B, L, D] (state, actions, text, image), or per frame [B T, L', D].</param>
    /// <param name="fs">Frame stride or frames per second [B] int64; null: the model's default.</param>
    /// <param name="observation">Observation features of the heads that are going to be read; null: no head.</param>
    /// <param name="concatLatent">Conditioning latent [B, 4, T or 1, h, w]; with it, the forward pass takes noisy latents of 4 channels.</param>
    /// <exception cref="ModelInputException">A shape does not fit the model's configuration.</exception>
    public UNetConditioning Prepare(Tensor context, Tensor? fs, ObservationFeatures? observation, Tensor? concatLatent = null)
    {
        using var scope = NewDisposeScope();
        var batch = _regrouping.BatchOf(context);
        var type = _stem.Type;
        var perFrame = _regrouping.Forward(context.to(type));
        var contexts = SpatialTransformers.Select(t => t.Prepare(perFrame)).ToList();
        Tensor? stride = null;
        if (_strideEmbedding is not null)
        {
            stride = _strideEmbedding.Forward(fs ?? full([batch], _options.DefaultFs, ScalarType.Int64, context.device));
        }

        var heads = (observation?.Action is null ? HeadSelection.None : HeadSelection.Action)
            | (observation?.State is null ? HeadSelection.None : HeadSelection.State);
        return new UNetConditioning(
            [.. Enumerable.Repeat(heads, (int)batch)], contexts, stride, observation?.Action?.clone(), observation?.State?.clone(), concatLatent?.to(type, copy: true));
    }

    /// <summary>One denoising evaluation of a batch; every sample has its own timestep.</summary>
    /// <param name="x">Noisy latent and conditioning latent [B, 8, T, h, w]; or the noisy latent alone [B, 4, T, h, w] where the
    /// conditioning holds the other.</param>
    /// <param name="action">Noisy actions [B, T, 16], where the action head is read.</param>
    /// <param name="state">Noisy states [B, T, 16], where the state head is read.</param>
    /// <param name="timesteps">[B] int64.</param>
    /// <param name="conditioning">Result of <see cref="Prepare(Tensor, Tensor?, ObservationFeatures?, Tensor?)"/> for these B samples.</param>
    /// <param name="heads">Heads to evaluate.</param>
    /// <param name="captureFeatures">Also return the features that the heads read.</param>
    /// <exception cref="ModelInputException">A shape does not fit, or the conditioning lacks what a head needs.</exception>
    public UNetOutput Forward(
        Tensor x,
        Tensor? action,
        Tensor? state,
        Tensor timesteps,
        UNetConditioning conditioning,
        HeadSelection heads,
        bool captureFeatures = false) =>
        Forward(x, action, state, timesteps, conditioning, [.. Enumerable.Repeat(heads, (int)conditioning.Batch)], captureFeatures);

    /// <summary>
    /// As the other overload, where every sample reads heads of its own: the backbone runs once over all samples, each head only over
    /// those that read it.
    /// </summary>
    /// <param name="x">Noisy latents [B, 8 or 4, T, h, w].</param>
    /// <param name="action">Noisy actions of all samples [B, T, 16]; only rows that read the action head matter.</param>
    /// <param name="state">Noisy states of all samples [B, T, 16]; only rows that read the state head matter.</param>
    /// <param name="timesteps">[B] int64.</param>
    /// <param name="conditioning">For these B samples.</param>
    /// <param name="heads">Heads to evaluate for each of the B samples.</param>
    /// <param name="captureFeatures">Also return the features that the heads read, of all samples.</param>
    /// <returns>Head outputs hold, in order, the rows of the samples that read the head: [B' of B, T, 16].</returns>
    /// <exception cref="ModelInputException">A shape does not fit, or the conditioning lacks what a head needs.</exception>
    public UNetOutput Forward(
        Tensor x,
        Tensor? action,
        Tensor? state,
        Tensor timesteps,
        UNetConditioning conditioning,
        IReadOnlyList<HeadSelection> heads,
        bool captureFeatures = false)
    {
        if (heads.Count != conditioning.Batch)
        {
            throw new ModelInputException($"{heads.Count} samples name the heads that they read, but the conditioning is for {conditioning.Batch}");
        }

        using var scope = NewDisposeScope();
        using var runs = HeadRuns.Create(this, action, state, timesteps, conditioning, heads);
        var runHeads = !_options.BaseModelGenOnly && runs is not null;
        var (latent, features) = Backbone(WithConcatLatent(x, conditioning), timesteps, conditioning, runHeads || captureFeatures, runs);
        var (actionNoise, stateNoise) = runs?.Finish() ?? (null, null);
        var output = new UNetOutput(latent, actionNoise, stateNoise, captureFeatures ? features : null);
        output.Latent.MoveToOuterDisposeScope();
        output.Action?.MoveToOuterDisposeScope();
        output.State?.MoveToOuterDisposeScope();
        foreach (var feature in output.Features ?? [])
        {
            feature.MoveToOuterDisposeScope();
        }

        return output;
    }

    /// <summary>One evaluation with nothing prepared: <c>Prepare</c> and the forward pass together.</summary>
    public UNetOutput Forward(
        Tensor x,
        Tensor? action,
        Tensor? state,
        Tensor timesteps,
        Tensor context,
        Tensor? observedImages,
        Tensor? observedStates,
        Tensor? fs,
        HeadSelection heads = HeadSelection.Both,
        bool captureFeatures = false)
    {
        using var conditioning = Prepare(context, fs, observedImages, observedStates, heads);
        return Forward(x, action, state, timesteps, conditioning, heads, captureFeatures);
    }

    /// <summary>Frees what was derived from the weights; the weights stay.</summary>
    public void Dispose() => _channelsLast?.Dispose();

    private IEnumerable<SpatialTransformer> SpatialTransformers =>
        _input.Select(b => b.Spatial).Append(_middleSpatial).Concat(_output.Select(b => b.Spatial)).OfType<SpatialTransformer>();

    // Block 0 is the stem.
    private IWeights InputScope(IWeights weights) => weights.Scope($"input_blocks.{_input.Count + 1}");

    private Tensor WithConcatLatent(Tensor x, UNetConditioning conditioning)
    {
        if (x.dim() != 5 || x.size(0) != conditioning.Batch || x.size(2) != _options.TemporalLength)
        {
            throw new ModelInputException(
                $"latent: expected [{conditioning.Batch}, {_options.InChannels}, {_options.TemporalLength}, h, w], got [{string.Join(", ", x.shape)}]");
        }

        var step = 1 << (_options.ChannelMult.Count - 1);
        if (x.size(3) % step != 0 || x.size(4) % step != 0)
        {
            throw new ModelInputException($"latent: height and width must be divisible by {step}, got {x.size(3)}x{x.size(4)}");
        }

        x = x.to(_stem.Type);
        if (x.size(1) == _options.InChannels)
        {
            return x;
        }

        if (conditioning.ConcatLatent is not { } concat || x.size(1) + concat.size(1) != _options.InChannels)
        {
            throw new ModelInputException(
                $"latent: {x.size(1)} channels, but the network takes {_options.InChannels} (noisy latent and conditioning latent)");
        }

        return cat([x, concat.expand(x.size(0), concat.size(1), x.size(2), x.size(3), x.size(4))], 1);
    }

    private (Tensor Latent, List<Tensor> Features) Backbone(Tensor x, Tensor timesteps, UNetConditioning conditioning, bool keepFeatures, HeadRuns? heads)
    {
        var (batch, frames) = (x.size(0), x.size(2));
        using var samples = SampleScope.Of(batch);
        var features = new List<Tensor>();
        var embedding = _timeEmbedding.Forward(timesteps);
        if (conditioning.StrideEmbedding is { } stride)
        {
            embedding.add_(stride);
        }

        var activated = F.silu(embedding, inplace: true);
        if (_channelsLast is not null)
        {
            return _channelsLast.Forward(x, activated, conditioning.Contexts, keepFeatures, heads);
        }

        using var contexts = conditioning.Contexts.GetEnumerator();
        SpatialContext? ContextOf(SpatialTransformer? transformer) =>
            transformer is null ? null : contexts.MoveNext() ? contexts.Current : throw new ModelInputException("the conditioning was prepared by another network");
        void Tap(Tensor feature)
        {
            if (keepFeatures)
            {
                features.Add(feature);
                heads?.Feed(feature);
            }
        }

        // What nobody reads any more goes at once: at full size one activation is tens of megabytes.
        void Release(Tensor tensor)
        {
            if (!features.Exists(f => ReferenceEquals(f, tensor)))
            {
                tensor.Dispose();
            }
        }

        var h = _stem.Forward(x.transpose(1, 2).flatten(0, 1));
        if (_initialAttention is not null)
        {
            h = _initialAttention.Forward(h.view(batch, frames, h.size(1), h.size(2), h.size(3))).view(h.shape);
        }

        var skips = new Stack<Tensor>([h]);
        foreach (var block in _input)
        {
            if (block.IsDownsampling)
            {
                Tap(h);
            }

            skips.Push(h = block.Forward(h, activated, ContextOf(block.Spatial)));
        }

        Tap(h);
        h = Middle(h, activated, batch, ContextOf(_middleSpatial)!);
        Tap(h);
        foreach (var block in _output)
        {
            if (block.IsUpsampling)
            {
                Tap(h);
            }

            var skip = skips.Pop();
            using var joined = cat([h, skip], 1);
            Release(h);
            Release(skip);
            h = block.Forward(joined, activated, ContextOf(block.Spatial));
        }

        Tap(h);
        var y = _outConv.Forward(_outNorm.ForwardSilu(h));
        return (y.view(batch, frames, y.size(1), y.size(2), y.size(3)).transpose(1, 2).contiguous(), features);
    }

    private Tensor Middle(Tensor x, Tensor activatedEmbedding, long batch, SpatialContext context)
    {
        using var scope = NewDisposeScope();
        var h = _middleSpatial.Forward(_middleIn.Forward(x, activatedEmbedding, batch), context);
        h = _middleTemporal.Forward(h.view(batch, -1, h.size(1), h.size(2), h.size(3))).view(h.shape);
        return _middleOut.Forward(h, activatedEmbedding, batch).MoveToOuterDisposeScope();
    }
}
