namespace WorldModelActors.Models;

/// <summary>
/// The heads' image encoder output for an observation: constant over the sampling steps and the same for both passes of an iteration.
/// The owner disposes it; a conditioning made from it keeps a copy of its own.
/// </summary>
/// <param name="Action">Features for the action head [B, n (2 K + 16)]; null where it was not asked for.</param>
/// <param name="State">As <paramref name="Action"/>, for the state head (its encoder has weights of its own).</param>
public sealed record ObservationFeatures(Tensor? Action, Tensor? State) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Action?.Dispose();
        State?.Dispose();
    }
}
