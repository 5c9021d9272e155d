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

    /// <summary>
    /// On CUDA a denoising step's network is recorded as a CUDA graph for each size of batch and replayed, and so are the decoding and the
    /// embedding of few pictures; elsewhere this says nothing.
    /// </summary>
    public bool CudaGraphs { get; init; } = true;

    /// <summary>Frames that a decoder decodes in one call.</summary>
    public BatchOptions Decoder { get; init; } = new();

    /// <summary>Observations that an embedder embeds in one call.</summary>
    public BatchOptions Embedder { get; init; } = new();

    /// <summary>
    /// Iterations of an episode whose frames may wait for decoding, writing and the journal while the next are sampled.
    /// </summary>
    public int MaxIterationsInFlight { get; init; } = 2;

    /// <summary>
    /// Frames of an episode that may be on their way from the decoder into its video. At least one more than an observation has are
    /// allowed: an observation is decoded before the frames in front of it.
    /// </summary>
    public int MaxFramesInFlight { get; init; } = 64;

    /// <summary>Times that a failed request is made again, with the same noise, before the episode fails.</summary>
    public int MaxRetries { get; init; } = 3;

    /// <summary>
    /// Bytes of a device's latent store. Episodes that would not fit wait for others to end; on CUDA the host's bytes are theirs too, and
    /// what was used least recently moves there.
    /// </summary>
    public long LatentStoreBytes { get; init; } = long.MaxValue;

    /// <summary>Bytes of page-locked host memory beside a CUDA device's store; on the CPU there is no such thing.</summary>
    public long LatentHostBytes { get; init; } = long.MaxValue;

    /// <summary>Longest wait for the actors when the node is disposed.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before a failed actor is restarted; doubles up to <see cref="MaxRestartBackoff"/>.</summary>
    public TimeSpan MinRestartBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxRestartBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Restarts of an actor within <see cref="RestartWindow"/>. One more ends the node where it is a device actor, the episode where it is
    /// an episode or its writer.
    /// </summary>
    public int MaxRestarts { get; init; } = 10;

    public TimeSpan RestartWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Makes actors fail on purpose; null: none, at no cost.</summary>
    public IFaultInjector? Faults { get; init; }
}
