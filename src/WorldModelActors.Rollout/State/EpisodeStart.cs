namespace WorldModelActors.Rollout;

/// <summary>The first observation.</summary>
/// <param name="Image">Planar float32 [3, H, W] in [-1, 1].</param>
/// <param name="State">The last observed state, normalised and padded [16].</param>
public sealed record EpisodeStart(ReadOnlyMemory<float> Image, ReadOnlyMemory<float> State);
