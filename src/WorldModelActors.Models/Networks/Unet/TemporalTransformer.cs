namespace WorldModelActors.Models;

/// <summary>
/// Transformer over the frames of each pixel: GroupNorm with statistics joint over frames and pixels, projection, self
/// attention twice and feed-forward over the T tokens of a pixel, projection back, plus the input. No mask, no positional
/// encoding, no context. Keys <c>norm, proj_in, transformer_blocks.0.{attn1,attn2,ff,norm1..3}, proj_out</c>.
/// </summary>
internal sealed class TemporalTransformer
{
    private readonly GroupNormLayer _norm;
    private readonly PointwiseProjection _projIn;
    private readonly Block[] _blocks;
    private readonly PointwiseProjection _projOut;

    /// <param name="weights">Key prefix of this transformer.</param>
    /// <param name="channels">Channels C of the activations.</param>
    /// <param name="heads">Attention heads; the inner width is heads * dimHead.</param>
    /// <param name="dimHead">Width of one head.</param>
    /// <param name="depth">Transformer blocks.</param>
    /// <param name="convProjections">proj_in and proj_out are stored as Conv1d weights [out, in, 1].</param>
    public TemporalTransformer(IWeights weights, int channels, int heads, int dimHead, int depth, bool convProjections = false)
    {
        var inner = heads * dimHead;
        _norm = new GroupNormLayer(weights.Scope("norm"), channels, 1e-6);
        _projIn = new PointwiseProjection(weights.Scope("proj_in"), channels, inner, convProjections);
        _blocks = [.. Enumerable.Range(0, depth).Select(i => new Block(weights.Scope($"transformer_blocks.{i}"), inner, heads))];
        _projOut = new PointwiseProjection(weights.Scope("proj_out"), inner, channels, convProjections);
        Channels = channels;
    }

    /// <summary>Channels C.</summary>
    public int Channels { get; }

    internal GroupNormLayer Norm => _norm;

    internal PointwiseProjection ProjectionIn => _projIn;

    internal PointwiseProjection ProjectionOut => _projOut;

    internal IReadOnlyList<Block> Blocks => _blocks;

    /// <summary>[B, T, C, h, w] → the same shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (batch, frames, channels, pixels) = (x.size(0), x.size(1), x.size(2), x.size(3) * x.size(4));
        var frameMajor = x.reshape(batch, frames, channels, pixels);
        var normed = _norm.Forward(TemporalLayout.Arrange(frameMajor));
        var tokens = _projIn.Forward(normed.permute(0, 3, 2, 1).reshape(batch * pixels, frames, channels));
        foreach (var block in _blocks)
        {
            tokens = block.Forward(tokens);
        }

        var y = _projOut.Forward(tokens).view(batch, pixels, frames, channels).permute(0, 2, 3, 1);
        return frameMajor.add(y).view(x.shape).MoveToOuterDisposeScope();
    }

    /// <summary>Self attention twice and feed-forward, each on a normalised input and added to it.</summary>
    internal sealed class Block(IWeights weights, int channels, int heads)
    {
        private readonly SelfAttention _attention1 = new(weights.Scope("attn1"), channels, heads);
        private readonly SelfAttention _attention2 = new(weights.Scope("attn2"), channels, heads);
        private readonly FeedForward _feedForward = new(weights.Scope("ff"), channels);
        private readonly LayerNormLayer _norm1 = new(weights.Scope("norm1"), channels);
        private readonly LayerNormLayer _norm2 = new(weights.Scope("norm2"), channels);
        private readonly LayerNormLayer _norm3 = new(weights.Scope("norm3"), channels);

        internal IReadOnlyList<SelfAttention> Attentions => [_attention1, _attention2];

        internal FeedForward FeedForward => _feedForward;

        /// <summary>Before each attention and before the feed-forward.</summary>
        internal IReadOnlyList<LayerNormLayer> Norms => [_norm1, _norm2, _norm3];

        public Tensor Forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            x = _attention1.Forward(_norm1.Forward(x)).add_(x);
            x = _attention2.Forward(_norm2.Forward(x)).add_(x);
            return _feedForward.Forward(_norm3.Forward(x)).add_(x).MoveToOuterDisposeScope();
        }
    }
}
