namespace WorldModelActors.Sampling;

/// <summary>
/// The per-step update of a batch whose samples may each be at another timestep of another schedule: every scalar comes as a
/// column over the batch. The operations and their order are the reference's, so the result rounds as the reference's does; no
/// operation mixes samples, so a sample's result does not depend on the batch.
/// </summary>
public static class DdimStepper
{
    /// <summary>One step of the latents (DDIM equation 12, with the dynamic rescale of x0).</summary>
    /// <param name="x">Latents x_t [B, C, T, h, w] float32.</param>
    /// <param name="prediction">What the network predicted [B, C, T, h, w]: v or the noise.</param>
    /// <param name="noise">Standard normals [B, C, T, h, w]; null where every sigma is 0.</param>
    /// <param name="coefficients">
    /// Scalars [B, 6, 1, 1, 1, 1]: SqrtAlpha, SqrtOneMinusAlpha, Rescale, SqrtAlphaPrev, Direction, Sigma of each sample's
    /// <see cref="StepCoefficients"/>.
    /// </param>
    /// <param name="parameterization">What <paramref name="prediction"/> is.</param>
    /// <returns>x_(t-1) and the rescaled predicted x0, both [B, C, T, h, w] float32.</returns>
    public static (Tensor Previous, Tensor PredictedX0) StepLatent(
        Tensor x, Tensor prediction, Tensor? noise, Tensor coefficients, Parameterization parameterization)
    {
        using var scope = NewDisposeScope();
        var scalars = coefficients.unbind(1);
        Tensor sqrtAlpha = scalars[0], sqrtOneMinusAlpha = scalars[1], rescale = scalars[2];
        Tensor sqrtAlphaPrev = scalars[3], direction = scalars[4], sigma = scalars[5];
        var output = prediction.to(ScalarType.Float32);

        Tensor x0, towards;
        if (parameterization == Parameterization.V)
        {
            x0 = x.mul(sqrtAlpha).sub_(output.mul(sqrtOneMinusAlpha));
            towards = output.mul(sqrtAlpha).add_(x.mul(sqrtOneMinusAlpha)).mul_(direction);
        }
        else
        {
            x0 = x.sub(output.mul(sqrtOneMinusAlpha)).div_(sqrtAlpha);
            towards = output.mul(direction);
        }

        x0.mul_(rescale);
        var previous = x0.mul(sqrtAlphaPrev).add_(towards);
        if (noise is not null)
        {
            previous.add_(noise.mul(sigma));
        }

        return (previous.MoveToOuterDisposeScope(), x0.MoveToOuterDisposeScope());
    }

    /// <summary>One deterministic step of an action or state stream; x0 is clipped to [-1, 1], the noise is not corrected for it.</summary>
    /// <param name="x">Actions or states [B, horizon, dims] float32.</param>
    /// <param name="predictedNoise">The head's output [B, horizon, dims].</param>
    /// <param name="coefficients">
    /// Scalars [B, 4, 1, 1]: SqrtAlpha, SqrtOneMinusAlpha, SqrtAlphaPrev, SqrtOneMinusAlphaPrev of each sample's
    /// <see cref="HeadCoefficients"/>.
    /// </param>
    /// <returns>The next actions or states and the clipped predicted x0, both [B, horizon, dims] float32.</returns>
    public static (Tensor Previous, Tensor PredictedX0) StepHead(Tensor x, Tensor predictedNoise, Tensor coefficients)
    {
        using var scope = NewDisposeScope();
        var scalars = coefficients.unbind(1);
        var noise = predictedNoise.to(ScalarType.Float32);
        var x0 = x.sub(noise.mul(scalars[1])).div_(scalars[0]).clamp(-1, 1);
        var previous = x0.mul(scalars[2]).add_(noise.mul(scalars[3]));
        return (previous.MoveToOuterDisposeScope(), x0.MoveToOuterDisposeScope());
    }
}
