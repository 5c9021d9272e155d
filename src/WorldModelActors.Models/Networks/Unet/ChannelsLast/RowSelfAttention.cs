namespace WorldModelActors.Models.ChannelsLast;

/// <summary><see cref="SelfAttention"/> with one projection for queries, keys and values.</summary>
internal sealed class RowSelfAttention
{
    private readonly RowLinear _toQkv;
    private readonly RowLinear _toOut;
    private readonly int _heads;

    public RowSelfAttention(TensorOwner owner, SelfAttention attention)
    {
        using var scope = NewDisposeScope();
        _toQkv = new RowLinear(owner, cat([.. attention.Projections.Select(p => p.Weight)], 0), null);
        _toOut = new RowLinear(owner, attention.Output);
        _heads = attention.Heads;
    }

    /// <summary>The bias that is left out: float32 [C].</summary>
    public Tensor Bias => _toOut.Bias;

    /// <summary>sum += the attention of x among the tokens of each row, without the last bias: [N, L, C].</summary>
    public void AddTo(Tensor sum, Tensor x)
    {
        using var scope = NewDisposeScope();
        // [N, L, 3, H, d] -> three views [N, H, L, d]
        var parts = _toQkv.Forward(x).view(x.size(0), x.size(1), 3, _heads, x.size(2) / _heads).permute(2, 0, 3, 1, 4);
        _toOut.AddTo(sum, Attend(parts));
    }

    /// <summary>sum += the attention of x among the frames of each position, without the last bias: [B, T, P, C].</summary>
    public void AddToFrames(Tensor sum, Tensor x)
    {
        using var scope = NewDisposeScope();
        var qkv = _toQkv.Forward(x);
        var (frames, width) = (x.size(1), x.size(3));
        if (frames == FusedKernels.Frames && width == _heads * FusedKernels.HeadWidth)
        {
            _toOut.AddTo(sum, AttendFrames(qkv));
            return;
        }

        // [B, T, P, 3, H, d] -> three of [B P, H, T, d]
        var parts = qkv.view(x.size(0), frames, x.size(2), 3, _heads, width / _heads).permute(3, 0, 2, 4, 1, 5).flatten(1, 2);
        var attended = F.scaled_dot_product_attention(parts[0].contiguous(), parts[1].contiguous(), parts[2].contiguous());
        _toOut.AddTo(sum, attended.view(x.size(0), x.size(2), _heads, frames, width / _heads).permute(0, 3, 1, 2, 4).contiguous());
    }

    private static Tensor Attend(Tensor parts)
    {
        using var part = PartClock.Measure(UNetPart.SpatialAttention);
        return AttentionHeads.Merge(F.scaled_dot_product_attention(parts[0], parts[1], parts[2]));
    }

    private Tensor AttendFrames(Tensor qkv)
    {
        using var part = PartClock.Measure(UNetPart.FrameAttention);
        return FusedKernels.FrameAttention(qkv, _heads);
    }
}
