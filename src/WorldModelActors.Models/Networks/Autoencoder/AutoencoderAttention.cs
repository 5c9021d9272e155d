namespace WorldModelActors.Models;

/// <summary>
/// Single-head self attention over the pixels of one frame, 1x1 convolutions as projections, scale C^-0.5, residual:
/// x + proj_out(softmax(q kᵀ / √C) v) of GroupNorm(32, eps 1e-6)(x).
/// </summary>
internal sealed class AutoencoderAttention
{
    private readonly GroupNormLayer _norm;
    private readonly Conv2dLayer _q;
    private readonly Conv2dLayer _k;
    private readonly Conv2dLayer _v;
    private readonly Conv2dLayer _out;

    public AutoencoderAttention(IWeights weights, int channels)
    {
        _norm = new GroupNormLayer(weights.Scope("norm"), channels, AutoencoderKL.NormEps);
        _q = new Conv2dLayer(weights.Scope("q"), channels, channels, 1);
        _k = new Conv2dLayer(weights.Scope("k"), channels, channels, 1);
        _v = new Conv2dLayer(weights.Scope("v"), channels, channels, 1);
        _out = new Conv2dLayer(weights.Scope("proj_out"), channels, channels, 1);
    }

    /// <summary>[N, C, H, W] → the same shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var normed = _norm.Forward(x);
        var attended = F.scaled_dot_product_attention(
            Tokens(_q.Forward(normed)), Tokens(_k.Forward(normed)), Tokens(_v.Forward(normed)));
        var channels = attended.squeeze(1).transpose(1, 2);
        // Dense again: left as a view, its channels-last order would spread through every layer that follows, where the CPU's group
        // norms of few channels are slower (and in libtorch 1.13 wrong in bfloat16). CUDA wants that order.
        var pixels = (x.device.type == DeviceType.CUDA ? channels : channels.contiguous()).view(x.shape);
        return _out.Forward(pixels).add_(x).MoveToOuterDisposeScope();
    }

    /// <summary>[N, C, H, W] → [N, 1 head, H*W, C].</summary>
    private static Tensor Tokens(Tensor pixels) => pixels.flatten(2).transpose(1, 2).unsqueeze(1);
}
