namespace WorldModelActors.Models;

/// <summary>Chains network stages.</summary>
internal static class TensorChain
{
    /// <summary>
    /// Applies <paramref name="stage"/> and disposes its input at once, so that a chain of stages holds one activation
    /// instead of all of them. Only for inputs that nobody else reads.
    /// </summary>
    public static Tensor Then(this Tensor input, Func<Tensor, Tensor> stage)
    {
        using (input)
        {
            return stage(input);
        }
    }
}
