namespace WorldModelActors.Settings;

/// <summary><c>wma.batching</c></summary>
public sealed record BatchingSettings
{
    /// <summary>Off: one item a call.</summary>
    public required bool Enabled { get; init; }

    /// <summary>What shares a batch is fixed.</summary>
    public required bool Deterministic { get; init; }

    public required BatchSettings Denoiser { get; init; }

    public required BatchSettings Decoder { get; init; }

    public required BatchSettings Embedder { get; init; }

    internal static BatchingSettings Bind(HoconConfig config) => new()
    {
        Enabled = config.GetBool("wma.batching.enabled"),
        Deterministic = config.GetBool("wma.batching.deterministic"),
        Denoiser = BatchSettings.Bind(config, "wma.batching.denoiser", hasDelay: false),
        Decoder = BatchSettings.Bind(config, "wma.batching.decoder", hasDelay: true),
        Embedder = BatchSettings.Bind(config, "wma.batching.embedder", hasDelay: true),
    };
}

/// <summary>Bounds of the batches of one actor.</summary>
public sealed record BatchSettings
{
    /// <summary>Items in a call, at least 1.</summary>
    public required int MaxBatch { get; init; }

    /// <summary>How long an item may wait for a fuller batch.</summary>
    public required TimeSpan MaxDelay { get; init; }

    /// <summary>Peak bytes of a call; null: no bound.</summary>
    public required long? MaxBatchMemory { get; init; }

    internal static BatchSettings Bind(HoconConfig config, string key, bool hasDelay) => new()
    {
        MaxBatch = config.GetInt($"{key}.max-batch", 1, 1024),
        MaxDelay = hasDelay ? config.GetDuration($"{key}.max-delay", TimeSpan.Zero, TimeSpan.FromMinutes(1)) : TimeSpan.Zero,
        MaxBatchMemory = config.Has($"{key}.max-batch-memory") ? config.GetSize($"{key}.max-batch-memory", 1 << 20) : null,
    };
}
