namespace WorldModelActors.Rollout;

/// <summary>
/// How a node runs its actors. None of it changes what is computed; kernels round differently for other batch sizes, which a few
/// pixels in a video show as one level of 255.
/// </summary>
public sealed record RolloutOptions
{
    /// <summary>Requests are gathered into batches; off: one sample, one frame, one observation a call.</summary>
    public bool Batching { get; init; } = true;

    /// <summary>
    /// What shares a batch is fixed (each sample steps by itself in calls of one row, in turn with the others; each request by itself, in
    /// calls of fixed size), so that results are bitwise the same whoever else is running.
    /// </summary>
    public bool Deterministic { get; init; }

    /// <summary>
    /// Rows of the UNet in one denoising step: a sample takes one, with guidance two. How many of them are used is measured: on a device
    /// that one row fills, samples take turns instead.
    /// </summary>
    public BatchOptions Denoiser { get; init; } = new();

    /// <summary>Frames that a decoder decodes in one call.</summary>
    public BatchOptions Decoder { get; init; } = new();

    /// <summary>Observations that an embedder embeds in one call.</summary>
    public BatchOptions Embedder { get; init; } = new();

    /// <summary>Iterations of an episode whose frames may wait for decoding and writing while the next are sampled.</summary>
    public int MaxIterationsInFlight { get; init; } = 2;

    /// <summary>Decoded frames of an episode that may wait for its writer.</summary>
    public int MaxFramesInFlight { get; init; } = 64;

    /// <summary>Times that a failed request is made again, with the same noise, before the episode fails.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>Most bytes that a device's latent store holds.</summary>
    public long LatentStoreBytes { get; init; } = long.MaxValue;

    /// <summary>Wait before a failed device actor is restarted; doubles up to <see cref="MaxRestartBackoff"/>.</summary>
    public TimeSpan MinRestartBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxRestartBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Restarts of a device actor within <see cref="RestartWindow"/>; one more ends the node.</summary>
    public int MaxRestarts { get; init; } = 10;

    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromMinutes(1);
}
