namespace WorldModelActors.Models;

/// <summary>Doubles height and width: nearest neighbour, then a 3x3 convolution; key <c>conv</c>.</summary>
internal sealed class Upsample(IWeights weights, int channels)
{
    private static readonly double[] Twice = [2, 2];
    private readonly Conv2dLayer _conv = new(weights.Scope("conv"), channels, channels, 3, padding: 1);

    internal Conv2dLayer Convolution => _conv;

    /// <summary>[N, C, h, w] → [N, C, 2h, 2w].</summary>
    public Tensor Forward(Tensor x)
    {
        using var enlarged = F.interpolate(x, scale_factor: Twice, mode: InterpolationMode.Nearest);
        return _conv.Forward(enlarged);
    }
}
