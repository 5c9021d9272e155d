namespace WorldModelActors.Models;

/// <summary>The coarsest level of encoder and decoder: residual block, pixel attention, residual block.</summary>
internal sealed class AutoencoderMiddle
{
    private readonly AutoencoderResnetBlock _block1;
    private readonly AutoencoderAttention _attention;
    private readonly AutoencoderResnetBlock _block2;

    public AutoencoderMiddle(IWeights weights, int channels)
    {
        _block1 = new AutoencoderResnetBlock(weights.Scope("block_1"), channels, channels);
        _attention = new AutoencoderAttention(weights.Scope("attn_1"), channels);
        _block2 = new AutoencoderResnetBlock(weights.Scope("block_2"), channels, channels);
    }

    /// <summary>[N, C, H, W] → the same shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using var first = _block1.Forward(x);
        using var attended = _attention.Forward(first);
        return _block2.Forward(attended);
    }
}
