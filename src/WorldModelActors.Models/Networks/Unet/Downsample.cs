namespace WorldModelActors.Models;

/// <summary>Halves height and width by a 3x3 convolution with stride 2; key <c>op</c>.</summary>
internal sealed class Downsample(IWeights weights, int channels)
{
    private readonly Conv2dLayer _op = new(weights.Scope("op"), channels, channels, 3, stride: 2, padding: 1);

    internal Conv2dLayer Convolution => _op;

    /// <summary>[N, C, h, w] → [N, C, h/2, w/2].</summary>
    public Tensor Forward(Tensor x) => _op.Forward(x);
}
