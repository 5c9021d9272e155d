namespace WorldModelActors.Models.ChannelsLast;

/// <summary>
/// <see cref="ResBlock"/> on frames [B T, h, w, C]. The convolutions' biases and the timestep embedding are taken in by the norm that
/// follows; the last addition adds what is left, and a constant that the block after it asks for.
/// </summary>
internal sealed class RowResBlock
{
    private readonly RowGroupNorm _normIn;
    private readonly RowConvolution _convIn;
    private readonly LinearLayer _embedding;
    private readonly Tensor _embeddingBias;
    private readonly RowGroupNorm _normOut;
    private readonly RowConvolution _convOut;
    private readonly RowLinear? _skip;
    private readonly (RowGroupNorm Norm, FrameConvolution Convolution, Tensor Shift)[] _stages;
    private readonly Tensor _sumBias;
    private readonly Tensor _lastBias;

    /// <param name="owner">Keeps what is derived from the weights.</param>
    /// <param name="block">The block.</param>
    /// <param name="constant">Float32 [C'] that is added to the result; null: nothing.</param>
    public RowResBlock(TensorOwner owner, ResBlock block, Tensor? constant)
    {
        using var scope = NewDisposeScope();
        _normIn = new RowGroupNorm(block.NormIn);
        _convIn = new RowConvolution(owner, block.ConvIn);
        _embedding = block.Embedding;
        _embeddingBias = owner.Keep(_convIn.Bias);
        _normOut = new RowGroupNorm(block.NormOut);
        _convOut = new RowConvolution(owner, block.ConvOut);
        _skip = block.Skip is { } skip ? new RowLinear(owner, skip.Weight, skip.Bias) : null;
        _sumBias = owner.Keep((_skip is null ? _convOut.Bias.clone() : _convOut.Bias.add(_skip.Bias)));

        var stages = block.TemporalConvolution.Stages;
        // With a projected skip the sum is made inside a matrix product, which adds no bias: it is still to come.
        var pending = _skip is null ? zeros_like(_sumBias) : _sumBias;
        _stages = new (RowGroupNorm, FrameConvolution, Tensor)[stages.Count];
        var shift = pending;
        for (var i = 0; i < stages.Count; i++)
        {
            var (norm, weight, bias) = stages[i];
            _stages[i] = (new RowGroupNorm(norm), new FrameConvolution(owner, weight.squeeze(-1), bias), owner.Keep(shift.clone()));
            shift = bias.@float();
        }

        var last = pending.add(shift);
        _lastBias = owner.Keep((constant is null ? last : last.add_(constant)));
    }

    /// <summary>Frames [B T, h, w, C] and SiLU(embedding) [B, E] → [B T, h, w, C'].</summary>
    public Tensor Forward(Tensor x, Tensor activatedEmbedding, long batch)
    {
        using var scope = NewDisposeScope();
        var rows = x.size(0);
        var shift = _embedding.Forward(activatedEmbedding).@float().add_(_embeddingBias);
        var h = _convIn.Forward(_normIn.Forward(x, rows, silu: true));
        var sum = _convOut.Forward(_normOut.Forward(h, rows, shift, silu: true));
        h.Dispose();
        if (_skip is null)
        {
            using var part = PartClock.Measure(UNetPart.Addition);
            FusedKernels.AddWithBias_(sum, x, _sumBias);
        }
        else
        {
            _skip.AddTo(sum, x);
        }

        // [B T, h, w, C'] is [B, T, h w, C'], over which a (3, 1) kernel runs along the frames.
        var shape = sum.shape;
        long[] frames = [batch, rows / batch, shape[1] * shape[2], shape[3]];
        var y = sum;
        foreach (var (norm, convolution, pending) in _stages)
        {
            y = convolution.Forward(norm.Forward(y, batch, pending, silu: true).view(frames)).view(shape);
        }

        using var last = PartClock.Measure(UNetPart.Addition);
        return FusedKernels.AddWithBias_(sum, y, _lastBias).MoveToOuterDisposeScope();
    }
}
