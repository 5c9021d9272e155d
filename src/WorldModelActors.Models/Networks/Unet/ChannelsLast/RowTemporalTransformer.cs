namespace WorldModelActors.Models.ChannelsLast;

/// <summary>
/// <see cref="TemporalTransformer"/> on frames [B T, h, w, C]. Only its attention mixes frames, and reads them where they lie. It adds
/// to its input in place, as <see cref="RowSpatialTransformer"/> does.
/// </summary>
internal sealed class RowTemporalTransformer
{
    private readonly RowGroupNorm _norm;
    private readonly RowLinear _projIn;
    private readonly RowLinear _projOut;
    private readonly Block[] _blocks;

    public RowTemporalTransformer(TensorOwner owner, TemporalTransformer transformer)
    {
        using var scope = NewDisposeScope();
        _norm = new RowGroupNorm(transformer.Norm);
        _projIn = new RowLinear(owner, transformer.ProjectionIn.Weight, transformer.ProjectionIn.Bias);
        _projOut = new RowLinear(owner, transformer.ProjectionOut.Weight, transformer.ProjectionOut.Bias);
        var pending = zeros([transformer.ProjectionIn.Weight.size(0)], ScalarType.Float32, transformer.Norm.Weight.device);
        _blocks = new Block[transformer.Blocks.Count];
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
    public void AddTo(Tensor x, Tensor? shift, long batch)
    {
        using var scope = NewDisposeScope();
        var tokens = _projIn.Forward(_norm.Forward(x, batch, shift).view(batch, x.size(0) / batch, -1, x.size(3)));
        foreach (var block in _blocks)
        {
            block.AddTo(tokens);
        }

        _projOut.AddTo(x, tokens);
    }

    private sealed class Block
    {
        private readonly RowSelfAttention[] _attentions;
        private readonly RowFeedForward _feedForward;
        private readonly RowLayerNorm[] _norms;
        private readonly Tensor[] _shifts;

        public Block(TensorOwner owner, TemporalTransformer.Block block, Tensor pending)
        {
            _attentions = [.. block.Attentions.Select(a => new RowSelfAttention(owner, a))];
            _feedForward = new RowFeedForward(owner, block.FeedForward);
            _norms = [.. block.Norms.Select(n => new RowLayerNorm(n))];
            var first = pending.add(_attentions[0].Bias);
            var second = first.add(_attentions[1].Bias);
            _shifts = [owner.Keep(pending.clone()), owner.Keep(first), owner.Keep(second)];
            PendingBias = second.add(_feedForward.Bias);
        }

        public Tensor PendingBias { get; }

        public void AddTo(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            for (var i = 0; i < _attentions.Length; i++)
            {
                _attentions[i].AddToFrames(tokens, _norms[i].Forward(tokens, _shifts[i]));
            }

            _feedForward.AddTo(tokens, _norms[2].Forward(tokens, _shifts[2]));
        }
    }
}
