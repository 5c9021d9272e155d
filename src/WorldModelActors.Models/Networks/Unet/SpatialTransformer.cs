namespace WorldModelActors.Models;

/// <summary>
/// Transformer over the pixels of each frame: GroupNorm, projection, self attention, cross attention to the context,
/// feed-forward, projection back, plus the input. Keys <c>norm, proj_in, transformer_blocks.0.{attn1,attn2,ff,norm1..3}, proj_out</c>.
/// </summary>
internal sealed class SpatialTransformer
{
    private readonly GroupNormLayer _norm;
    private readonly LinearLayer _projIn;
    private readonly Block[] _blocks;
    private readonly LinearLayer _projOut;

    /// <param name="weights">Key prefix of this transformer.</param>
    /// <param name="channels">Channels C, also the inner width.</param>
    /// <param name="actionTokens">Action tokens A that the cross attention cuts out of a context with actions.</param>
    /// <param name="options">Sizes of the network.</param>
    public SpatialTransformer(IWeights weights, int channels, int actionTokens, UNetOptions options)
    {
        var heads = channels / options.NumHeadChannels;
        _norm = new GroupNormLayer(weights.Scope("norm"), channels, 1e-6);
        _projIn = new LinearLayer(weights.Scope("proj_in"), channels, channels);
        _blocks = [.. Enumerable.Range(0, options.TransformerDepth)
            .Select(i => new Block(weights.Scope($"transformer_blocks.{i}"), channels, heads, actionTokens, options))];
        _projOut = new LinearLayer(weights.Scope("proj_out"), channels, channels);
        Channels = channels;
    }

    /// <summary>Channels C.</summary>
    public int Channels { get; }

    internal GroupNormLayer Norm => _norm;

    internal LinearLayer ProjectionIn => _projIn;

    internal LinearLayer ProjectionOut => _projOut;

    /// <summary>The transformer's blocks.</summary>
    public IReadOnlyList<Block> Blocks => _blocks;

    /// <summary>Keys and values of every block's cross attention. They belong to the caller's dispose scope.</summary>
    public SpatialContext Prepare(FrameContext context) => new([.. _blocks.Select(b => b.Prepare(context))]);

    /// <summary>Frames [B T, C, h, w] → the same shape.</summary>
    public Tensor Forward(Tensor x, SpatialContext context)
    {
        using var scope = NewDisposeScope();
        var (rows, channels) = (x.size(0), x.size(1));
        var tokens = _projIn.Forward(_norm.Forward(x).flatten(2).transpose(1, 2).contiguous());
        for (var i = 0; i < _blocks.Length; i++)
        {
            tokens = _blocks[i].Forward(tokens, context.Blocks[i]);
        }

        var y = _projOut.Forward(tokens).view(rows, x.size(2), x.size(3), channels).permute(0, 3, 1, 2);
        return x.add(y).MoveToOuterDisposeScope();
    }

    /// <summary>Self attention, cross attention and feed-forward, each on a normalised input and added to it.</summary>
    internal sealed class Block(IWeights weights, int channels, int heads, int actionTokens, UNetOptions options)
    {
        private readonly SelfAttention _attention1 = new(weights.Scope("attn1"), channels, heads);
        private readonly CrossAttention _attention2 = new(weights.Scope("attn2"), channels, heads, actionTokens, options);
        private readonly FeedForward _feedForward = new(weights.Scope("ff"), channels);
        private readonly LayerNormLayer _norm1 = new(weights.Scope("norm1"), channels);
        private readonly LayerNormLayer _norm2 = new(weights.Scope("norm2"), channels);
        private readonly LayerNormLayer _norm3 = new(weights.Scope("norm3"), channels);

        /// <summary>Attention to the frame's own tokens.</summary>
        public SelfAttention Attention1 => _attention1;

        /// <summary>Attention to the context.</summary>
        public CrossAttention Attention2 => _attention2;

        public FeedForward FeedForward => _feedForward;

        /// <summary>Before each attention and before the feed-forward.</summary>
        internal IReadOnlyList<LayerNormLayer> Norms => [_norm1, _norm2, _norm3];

        public IReadOnlyList<AttentionBranch> Prepare(FrameContext context) => _attention2.Prepare(context);

        public Tensor Forward(Tensor x, IReadOnlyList<AttentionBranch> branches)
        {
            using var scope = NewDisposeScope();
            x = _attention1.Forward(_norm1.Forward(x)).add_(x);
            x = _attention2.Forward(_norm2.Forward(x), branches).add_(x);
            return _feedForward.Forward(_norm3.Forward(x)).add_(x).MoveToOuterDisposeScope();
        }
    }
}
