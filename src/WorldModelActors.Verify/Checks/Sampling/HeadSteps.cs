using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>Steps of the heads' scheduler on recorded values.</summary>
internal static class HeadSteps
{
    /// <summary>The scalars of one step as the sampler takes them, [1, 4, 1, 1].</summary>
    public static Tensor Coefficients(HeadCoefficients c) =>
        tensor(new[] { c.SqrtAlpha, c.SqrtOneMinusAlpha, c.SqrtAlphaPrev, c.SqrtOneMinusAlphaPrev }, [1, 4, 1, 1]);
}
