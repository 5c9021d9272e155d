namespace WorldModelActors.Sampling;

/// <summary>
/// Classifier-free guidance of one sample (Ho and Salimans, 2022, arXiv 2207.12598) with the rescale of Lin et al. (2023, arXiv
/// 2305.08891, section 3.4).
/// </summary>
/// <param name="Scale">1: no guidance, and the network does not run on <paramref name="Unconditional"/>.</param>
/// <param name="Rescale">0: none, 1: the guided output gets the conditional output's standard deviation.</param>
/// <param name="Unconditional">The condition to steer away from.</param>
public sealed record Guidance<TCondition>(double Scale, double Rescale, TCondition Unconditional);

/// <summary>The arithmetic of guidance.</summary>
public static class Guidance
{
    /// <summary>
    /// out = u + scale (c - u), then rescale (out std(c) / std(out)) + (1 - rescale) out, where std is the sample standard
    /// deviation over all but the batch dimension.
    /// </summary>
    /// <param name="conditional">c, any shape [B, ...].</param>
    /// <param name="unconditional">u, of the same shape.</param>
    /// <param name="scale">Guidance scale.</param>
    /// <param name="rescale">Guidance rescale; 0 leaves it out.</param>
    public static Tensor Combine(Tensor conditional, Tensor unconditional, double scale, double rescale)
    {
        using var scope = NewDisposeScope();
        Tensor c = conditional.to(ScalarType.Float32), u = unconditional.to(ScalarType.Float32);
        var guided = c.sub(u).mul_(scale).add_(u);
        if (rescale > 0)
        {
            var dims = new long[guided.dim() - 1];
            for (var i = 0; i < dims.Length; i++)
            {
                dims[i] = i + 1;
            }

            var ratio = c.std(dims, keepdim: true).div(guided.std(dims, keepdim: true));
            guided = guided.mul(ratio).mul_(rescale).add_(guided.mul(1 - rescale));
        }

        return guided.MoveToOuterDisposeScope();
    }

    internal static void Validate(double scale, double rescale)
    {
        if (!double.IsFinite(scale))
        {
            throw new SamplingException($"guidance scale {scale}: must be a number");
        }

        if (!(rescale >= 0 && rescale <= 1))
        {
            throw new SamplingException($"guidance rescale {rescale}: must be from 0 to 1");
        }
    }
}
