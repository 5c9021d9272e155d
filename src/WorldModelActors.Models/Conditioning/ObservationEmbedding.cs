namespace WorldModelActors.Models;

/// <summary>
/// Context tokens of an observation, which the policy pass and the world-model pass of one iteration share. Owns its
/// tensors (outside of any dispose scope).
/// </summary>
public sealed class ObservationEmbedding : IDisposable
{
    /// <summary>Takes over both tensors.</summary>
    public ObservationEmbedding(Tensor imageTokens, Tensor stateTokens)
    {
        ImageTokens = imageTokens.DetachFromDisposeScope();
        StateTokens = stateTokens.DetachFromDisposeScope();
    }

    /// <summary>Resampled CLIP tokens of the last image [B, 256, D].</summary>
    public Tensor ImageTokens { get; }

    /// <summary>Projected states with their positional embedding [B, n, D].</summary>
    public Tensor StateTokens { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        ImageTokens.Dispose();
        StateTokens.Dispose();
    }
}
