namespace WorldModelActors.Models;

/// <summary>
/// The posterior of the KL autoencoder: a Gaussian with diagonal covariance. Owns its tensors (outside of any dispose
/// scope).
/// </summary>
public sealed class DiagonalGaussian : IDisposable
{
    /// <summary>Splits <paramref name="moments"/> [N, 2 z, h, w] in mean (first half) and log variance (second half, clamped).</summary>
    public DiagonalGaussian(Tensor moments)
    {
        using var scope = NewDisposeScope();
        var half = moments.size(1) / 2;
        Mean = moments.narrow(1, 0, half).DetachFromDisposeScope();
        LogVariance = moments.narrow(1, half, half).clamp(-30, 20).DetachFromDisposeScope();
    }

    /// <summary>[N, z, h, w].</summary>
    public Tensor Mean { get; }

    /// <summary>[N, z, h, w], clamped to [-30, 20].</summary>
    public Tensor LogVariance { get; }

    /// <summary>Standard deviation exp(logvar / 2) [N, z, h, w].</summary>
    public Tensor StandardDeviation()
    {
        using var half = LogVariance * 0.5;
        return half.exp();
    }

    /// <summary>mean + std * noise; <paramref name="noise"/> is standard normal, [N, z, h, w].</summary>
    public Tensor Sample(Tensor noise)
    {
        using var deviation = StandardDeviation();
        using var spread = deviation * noise;
        return Mean + spread;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        LogVariance.Dispose();
    }
}
