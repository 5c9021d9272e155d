namespace WorldModelActors.Models;

/// <summary>
/// Halves height and width: one zero row below and one zero column to the right, then a 3x3 convolution of stride 2
/// without padding.
/// </summary>
internal sealed class AutoencoderDownsample
{
    private static readonly long[] RightAndBottom = [0, 1, 0, 1];
    private readonly Conv2dLayer _conv;

    public AutoencoderDownsample(IWeights weights, int channels)
        => _conv = new Conv2dLayer(weights.Scope("conv"), channels, channels, 3, stride: 2);

    /// <summary>[N, C, H, W] → [N, C, H/2, W/2].</summary>
    public Tensor Forward(Tensor x)
    {
        using var padded = F.pad(x, RightAndBottom);
        return _conv.Forward(padded);
    }
}
