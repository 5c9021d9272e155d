namespace WorldModelActors.Models;

/// <summary>
/// Lays a sample's context [B, L, D] out per frame. Known lengths (n observation steps, T frames, m tokens per frame and image
/// or action): n + 77 + m T (state, text, image; policy without actions) and n + T + 77 + m T (state, one token per action, text, image). Any
/// other context must be per frame already, [B T, L, D].
/// </summary>
internal sealed class ContextRegrouping
{
    /// <summary>Text tokens of a context (the text tower's context length).</summary>
    public const int TextTokens = 77;

    private readonly Perceiver _actionTokenProjector;
    private readonly int _states;
    private readonly int _frames;
    private readonly int _tokensPerFrame;
    private readonly int _dim;
    private readonly bool _isPerFrame;

    /// <param name="weights">The prefix of the network, above <c>action_token_projector</c>.</param>
    /// <param name="options">Sizes of the network.</param>
    public ContextRegrouping(IWeights weights, UNetOptions options)
    {
        var projector = options.TokenProjector;
        _states = options.NumObsSteps;
        _frames = options.TemporalLength;
        _tokensPerFrame = options.NumStemToken;
        _dim = options.ContextDim;
        _isPerFrame = options.BaseModelGenOnly;
        _actionTokenProjector = new Perceiver(
            weights.Scope("action_token_projector"),
            new PerceiverOptions(
                projector.Dim,
                projector.Depth,
                projector.DimHead,
                projector.Heads,
                projector.NumQueries * projector.ChunkSize,
                projector.OutputDim,
                projector.FfMult,
                InputDim: null,
                TanhGelu: true));
    }

    /// <summary>One action token [N, 1, D] → its tokens [N, T m, D].</summary>
    public Perceiver ActionTokenProjector => _actionTokenProjector;

    /// <summary>Samples B of a context of this shape.</summary>
    /// <exception cref="ModelInputException">The context is neither of a known length nor per frame.</exception>
    public long BatchOf(Tensor context)
    {
        if (context.dim() != 3 || context.size(2) != _dim)
        {
            throw new ModelInputException($"context: expected [B, L, {_dim}], got [{string.Join(", ", context.shape)}]");
        }

        if (IsPerSample(context.size(1)))
        {
            return context.size(0);
        }

        if (context.size(0) % _frames != 0)
        {
            throw new ModelInputException(
                $"context [{string.Join(", ", context.shape)}]: a length of {PolicyLength} or {SimulationLength} tokens per sample is "
                + $"expected, or a context per frame with a multiple of {_frames} rows");
        }

        return context.size(0) / _frames;
    }

    /// <summary>Context [B, L, D] → tokens of every frame. The result lives in the caller's dispose scope.</summary>
    public FrameContext Forward(Tensor context)
    {
        var batch = BatchOf(context);
        var length = context.size(1);
        if (!IsPerSample(length))
        {
            return new FrameContext(context);
        }

        var actions = length == SimulationLength ? _frames : 0;
        var state = context.narrow(1, 0, _states);
        var text = context.narrow(1, _states + actions, TextTokens);
        var image = context.narrow(1, _states + actions + TextTokens, (long)_tokensPerFrame * _frames)
            .reshape(batch * _frames, _tokensPerFrame, _dim);
        var parts = new List<Tensor> { PerFrame(state) };
        if (actions > 0)
        {
            parts.Add(ActionTokens(context.narrow(1, _states, actions)));
        }

        parts.Add(PerFrame(text));
        parts.Add(image);
        var tokens = cat(parts, 1);
        return new FrameContext(tokens, (0, state), (tokens.size(1) - _tokensPerFrame - TextTokens, text));
    }

    private int PolicyLength => _states + TextTokens + (_tokensPerFrame * _frames);

    private int SimulationLength => PolicyLength + _frames;

    private bool IsPerSample(long length) => !_isPerFrame && (length == PolicyLength || length == SimulationLength);

    /// <summary>[B, k, D] → [B T, k, D], the same tokens for every frame.</summary>
    private Tensor PerFrame(Tensor tokens)
    {
        var (batch, count) = (tokens.size(0), tokens.size(1));
        return tokens.unsqueeze(1).expand(batch, _frames, count, _dim).reshape(batch * _frames, count, _dim);
    }

    /// <summary>
    /// One token per action [B, T, D] → [B T, T m, D]: every action becomes T m tokens of its own; frame t receives tokens
    /// m t .. m t + m - 1 of action 0, then of action 1, and so on.
    /// </summary>
    private Tensor ActionTokens(Tensor actions)
    {
        var (batch, count) = (actions.size(0), actions.size(1));
        var projected = _actionTokenProjector.Forward(actions.reshape(batch * count, 1, _dim));
        return projected.view(batch, count, _frames, _tokensPerFrame, _dim)
            .transpose(1, 2)
            .reshape(batch * _frames, count * _tokensPerFrame, _dim);
    }
}
