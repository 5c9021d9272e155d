namespace WorldModelActors.Models;

/// <summary>
/// Builds the conditions of a synthesis call. The cross-attention context is the sequence [state n | action 16 | text 77 |
/// image 256] of width D; the concat condition is the latent of the last observation image, repeated over the frames.
/// What the two passes of an iteration share is an <see cref="ObservationEmbedding"/>; text is cached by
/// <see cref="TextConditioner"/>.
/// </summary>
public sealed class ConditionAssembler
{
    private readonly ClipImageEncoder _imageEncoder;
    private readonly Resampler _resampler;
    private readonly MlpProjector _stateProjector;
    private readonly MlpProjector _actionProjector;
    private readonly Tensor _statePosition;
    private readonly Tensor _actionPosition;
    private readonly bool _decisionMakingOnly;

    internal ConditionAssembler(
        ClipImageEncoder imageEncoder,
        Resampler resampler,
        MlpProjector stateProjector,
        MlpProjector actionProjector,
        Tensor statePosition,
        Tensor actionPosition,
        bool decisionMakingOnly)
    {
        _imageEncoder = imageEncoder;
        _resampler = resampler;
        _stateProjector = stateProjector;
        _actionProjector = actionProjector;
        _statePosition = statePosition;
        _actionPosition = actionPosition;
        _decisionMakingOnly = decisionMakingOnly;
    }

    /// <summary>The image tower.</summary>
    internal ClipImageEncoder ImageEncoder => _imageEncoder;

    /// <summary>Makes the context's image tokens of the tower's.</summary>
    internal Resampler Resampler => _resampler;

    /// <summary>Makes tokens of states.</summary>
    internal MlpProjector StateProjector => _stateProjector;

    /// <summary>Makes tokens of actions.</summary>
    internal MlpProjector ActionProjector => _actionProjector;

    /// <summary>
    /// Tokens of an observation: the last image of each batch entry [B, 3, H, W] in [-1, 1] (not clamped) and the states
    /// [B, n, 16] (normalised, padded), float32 on the model's device.
    /// </summary>
    public ObservationEmbedding EmbedObservation(Tensor lastImages, Tensor states)
    {
        using var scope = NewDisposeScope();
        return new ObservationEmbedding(EmbedImages(lastImages), EmbedStates(states));
    }

    /// <summary>Images [B, 3, H, W] in [-1, 1] → image tokens [B, 256, D].</summary>
    public Tensor EmbedImages(Tensor images)
    {
        using var tokens = _imageEncoder.Forward(images);
        return _resampler.Forward(tokens);
    }

    /// <summary>States [B, n, 16] → state tokens [B, n, D], positional embedding added.</summary>
    public Tensor EmbedStates(Tensor states) => Embed(states, _stateProjector, _statePosition, "states");

    /// <summary>Actions [B, 16, 16] → action tokens [B, 16, D], positional embedding added.</summary>
    public Tensor EmbedActions(Tensor actions) => Embed(actions, _actionProjector, _actionPosition, "actions");

    /// <summary>
    /// The cross-attention context [B, L, D] of one pass, in the model's dtype.
    /// </summary>
    /// <param name="observation">Tokens of the observation.</param>
    /// <param name="textTokens">[1 or B, 77, D]: of the instruction in policy mode, of the empty text in world-model mode.</param>
    /// <param name="actions">
    /// [B, 16, 16], read in world-model mode only. Policy mode gives 16 zero tokens in their place (the SUM of projection and
    /// positional embedding is zeroed); a decision-making model leaves those 16 tokens out.
    /// </param>
    /// <param name="simMode">True: world-model mode; false: policy mode.</param>
    /// <exception cref="ConditioningException">World-model mode without actions, or a shape that does not fit.</exception>
    public Tensor Assemble(ObservationEmbedding observation, Tensor textTokens, Tensor? actions, bool simMode)
    {
        using var scope = NewDisposeScope();
        var (state, image) = (observation.StateTokens, observation.ImageTokens);
        var batch = state.size(0);
        var text = textTokens.size(0) == batch
            ? textTokens
            : textTokens.expand(batch, textTokens.size(1), textTokens.size(2));
        if (simMode)
        {
            if (actions is null)
            {
                throw new ConditioningException("world-model mode needs actions [B, 16, 16]");
            }

            return cat([state, EmbedActions(actions), text, image], 1).MoveToOuterDisposeScope();
        }

        if (_decisionMakingOnly)
        {
            return cat([state, text, image], 1).MoveToOuterDisposeScope();
        }

        var noActions = zeros([batch, _actionPosition.size(1), _actionPosition.size(2)], dtype: state.dtype, device: state.device);
        return cat([state, noActions, text, image], 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The per-frame context [B * T, 77 + 256 / T, D] of the base model: text for every frame, and its own share of the image
    /// tokens for each.
    /// </summary>
    public static Tensor AssembleBaseModel(Tensor imageTokens, Tensor textTokens, int frames)
    {
        using var scope = NewDisposeScope();
        var (batch, images, width) = (imageTokens.size(0), imageTokens.size(1), imageTokens.size(2));
        var image = imageTokens.reshape(batch * frames, images / frames, width);
        var text = textTokens.expand(batch, textTokens.size(1), width).repeat_interleave(frames, 0);
        return cat([text, image], 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The concat condition: latent of the last observation image [B, z, h, w] → [B, z, T, h, w], one frame for all T without a
    /// copy.
    /// </summary>
    public static Tensor ConcatLatent(Tensor latent, int frames)
    {
        using var scope = NewDisposeScope();
        return latent.unsqueeze(2)
            .expand(latent.size(0), latent.size(1), frames, latent.size(2), latent.size(3))
            .MoveToOuterDisposeScope();
    }

    private static Tensor Embed(Tensor values, MlpProjector projector, Tensor position, string what)
    {
        if (values.dim() != 3 || values.size(1) != position.size(1) || values.size(2) != projector.InputDim)
        {
            throw new ConditioningException(
                $"{what} of shape [{string.Join(", ", values.shape)}] do not fit the model: it takes [B, {position.size(1)}, {projector.InputDim}]");
        }

        using var scope = NewDisposeScope();
        return projector.Forward(values.to(position.dtype)).add_(position).MoveToOuterDisposeScope();
    }
}
