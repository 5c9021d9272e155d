namespace WorldModelActors.Settings;

/// <summary><c>wma.store</c></summary>
public sealed record StoreSettings
{
    /// <summary>A SQLite file or a PostgreSQL URL.</summary>
    public required string Location { get; init; }

    /// <summary>Folder of the files beside it; null: the SQLite file's own.</summary>
    public required string? State { get; init; }

    /// <summary>How long a node owns an episode without a heart-beat.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>Failures after which an episode has failed for good, at least 1.</summary>
    public required int MaxFailures { get; init; }

    /// <summary>Owners that may vanish one after the other without committing an iteration.</summary>
    public required int MaxLosses { get; init; }

    /// <summary>Pause after the first failure; doubles.</summary>
    public required TimeSpan RetryDelay { get; init; }

    internal static StoreSettings Bind(HoconConfig config) => new()
    {
        Location = config.GetString("wma.store.location"),
        State = SettingTexts.OptionalPath(config, "wma.store.state"),
        Lease = config.GetDuration("wma.store.lease", TimeSpan.FromMilliseconds(200), TimeSpan.FromHours(1)),
        MaxFailures = config.GetInt("wma.store.max-failures", 1, 1000),
        MaxLosses = config.GetInt("wma.store.max-losses", 0, 1_000_000),
        RetryDelay = config.GetDuration("wma.store.retry-delay", TimeSpan.Zero, TimeSpan.FromHours(1)),
    };
}
