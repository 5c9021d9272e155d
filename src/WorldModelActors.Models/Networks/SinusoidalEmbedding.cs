namespace WorldModelActors.Models;

/// <summary>
/// Sinusoidal embeddings of timesteps (Vaswani et al., "Attention is all you need", 2017) in the two forms that the model uses.
/// Always computed in float32, since half precision cannot hold the angles.
/// </summary>
internal static class SinusoidalEmbedding
{
    private const double MaxPeriod = 10000;

    /// <summary>
    /// Backbone form: [cos(t f), sin(t f)] with f_i = exp(-ln(10000) i / half), i = 0..half-1, half = dim / 2; one zero column
    /// more where <paramref name="dim"/> is odd. Timesteps [B] → float32 [B, dim].
    /// </summary>
    public static Tensor CosineFirst(Tensor timesteps, int dim)
    {
        using var scope = NewDisposeScope();
        var half = dim / 2;
        var frequencies = arange(half, dtype: ScalarType.Float32, device: timesteps.device).mul_(-Math.Log(MaxPeriod)).div_(half).exp();
        var angles = timesteps.to(ScalarType.Float32).unsqueeze(1).mul(frequencies);
        var parts = new List<Tensor> { angles.cos(), angles.sin() };
        if (dim % 2 == 1)
        {
            parts.Add(zeros([timesteps.size(0), 1], ScalarType.Float32, timesteps.device));
        }

        return cat(parts, 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Head form: [sin(t f), cos(t f)] with f_i = exp(-i ln(10000) / (half - 1)). Timesteps [B] → float32 [B, dim], dim even.
    /// </summary>
    public static Tensor SineFirst(Tensor timesteps, int dim)
    {
        using var scope = NewDisposeScope();
        var half = dim / 2;
        var frequencies = arange(half, dtype: ScalarType.Float32, device: timesteps.device).mul_(-(Math.Log(MaxPeriod) / (half - 1))).exp();
        var angles = timesteps.to(ScalarType.Float32).unsqueeze(1).mul(frequencies);
        return cat([angles.sin(), angles.cos()], 1).MoveToOuterDisposeScope();
    }
}
