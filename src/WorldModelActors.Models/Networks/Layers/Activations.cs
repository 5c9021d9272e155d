namespace WorldModelActors.Models;

/// <summary>Activations that TorchSharp has no function for.</summary>
internal static class Activations
{
    /// <summary>GELU, tanh approximation: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))). Same shape.</summary>
    public static Tensor GeluTanh(Tensor x)
    {
        var scale = Math.Sqrt(2 / Math.PI);
        using var inner = x.square().mul_(0.044715 * scale).add_(scale).mul_(x);
        return inner.tanh().add_(1).mul_(x).mul_(0.5);
    }
}
