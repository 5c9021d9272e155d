namespace WorldModelActors.Models.ChannelsLast;

/// <summary>
/// <see cref="SpatialTransformer"/> on frames [B T, h, w, C], whose memory already is that of tokens. It adds to its input in place;
/// the biases on the way are constants, which the norms and the block before account for.
/// </summary>
internal sealed class RowSpatialTransformer
{
    private readonly RowGroupNorm _norm;
    private readonly RowLinear _projIn;
    private readonly RowLinear _projOut;
    private readonly Block[] _blocks;

    public RowSpatialTransformer(TensorOwner owner, SpatialTransformer transformer)
    {
        using var scope = NewDisposeScope();
        _norm = new RowGroupNorm(transformer.Norm);
        _projIn = new RowLinear(owner, transformer.ProjectionIn);
        _projOut = new RowLinear(owner, transformer.ProjectionOut);
        _blocks = new Block[transformer.Blocks.Count];
        var pending = zeros([transformer.Channels], ScalarType.Float32, transformer.Norm.Weight.device);
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i] = new Block(owner, transformer.Blocks[i], pending);
            pending = _blocks[i].PendingBias;
        }

        Constant = owner.Keep(_projOut.BiasThrough(pending));
    }

    /// <summary>Float32 [C]: what <see cref="AddTo"/> leaves out of its result.</summary>
    public Tensor Constant { get; }

    /// <summary>x [B T, h, w, C] += the transformer of (x + shift), without <see cref="Constant"/>.</summary>
    public void AddTo(Tensor x, Tensor shift, SpatialContext context)
    {
        using var scope = NewDisposeScope();
        var tokens = _projIn.Forward(_norm.Forward(x, x.size(0), shift).view(x.size(0), -1, x.size(3)));
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i].AddTo(tokens, context.Blocks[i]);
        }

        _projOut.AddTo(x, tokens);
    }

    private sealed class Block
    {
        private readonly RowSelfAttention _attention;
        private readonly CrossAttention _cross;
        private readonly RowLinear _crossOut;
        private readonly RowFeedForward _feedForward;
        private readonly RowLayerNorm[] _norms;
        private readonly Tensor[] _shifts;

        public Block(TensorOwner owner, SpatialTransformer.Block block, Tensor pending)
        {
            _attention = new RowSelfAttention(owner, block.Attention1);
            _cross = block.Attention2;
            _crossOut = new RowLinear(owner, _cross.Output);
            _feedForward = new RowFeedForward(owner, block.FeedForward);
            _norms = [.. block.Norms.Select(n => new RowLayerNorm(n))];
            var afterSelf = pending.add(_attention.Bias);
            var afterCross = afterSelf.add(_crossOut.Bias);
            _shifts = [owner.Keep(pending.clone()), owner.Keep(afterSelf), owner.Keep(afterCross)];
            PendingBias = afterCross.add(_feedForward.Bias);
        }

        /// <summary>Float32 [C] that the tokens lack after this block.</summary>
        public Tensor PendingBias { get; }

        public void AddTo(Tensor tokens, IReadOnlyList<AttentionBranch> branches)
        {
            using var scope = NewDisposeScope();
            _attention.AddTo(tokens, _norms[0].Forward(tokens, _shifts[0]));
            _crossOut.AddTo(tokens, _cross.Attend(_norms[1].Forward(tokens, _shifts[1]), branches));
            _feedForward.AddTo(tokens, _norms[2].Forward(tokens, _shifts[2]));
        }
    }
}
