namespace WorldModelActors.Models;

/// <summary>Doubles height and width: nearest neighbour, then a 3x3 convolution.</summary>
internal sealed class AutoencoderUpsample
{
    private static readonly double[] Twice = [2, 2];
    private readonly Conv2dLayer _conv;

    public AutoencoderUpsample(IWeights weights, int channels)
        => _conv = new Conv2dLayer(weights.Scope("conv"), channels, channels, 3, padding: 1);

    /// <summary>[N, C, H, W] → [N, C, 2H, 2W].</summary>
    public Tensor Forward(Tensor x)
    {
        using var enlarged = F.interpolate(x, scale_factor: Twice, mode: InterpolationMode.Nearest);
        return _conv.Forward(enlarged);
    }
}
