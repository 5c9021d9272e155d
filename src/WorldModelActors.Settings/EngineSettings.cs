namespace WorldModelActors.Settings;

/// <summary>How actors are run.</summary>
public enum EngineChoice
{
    /// <summary>In this process, without any package.</summary>
    Embedded,

    /// <summary>On Akka.NET, in builds that have it.</summary>
    Akka,
}

/// <summary><c>wma.engine</c></summary>
public sealed record EngineSettings
{
    public required EngineChoice Kind { get; init; }

    /// <summary>Longest wait for the actors at the end.</summary>
    public required TimeSpan StopTimeout { get; init; }

    /// <summary>Tries of a sample, at least 1.</summary>
    public required int SampleAttempts { get; init; }

    /// <summary>Segments on the way to a video writer, at least 1.</summary>
    public required int VideoSegmentsInFlight { get; init; }

    /// <summary>Decoded frames on the way to a video writer, at least 1.</summary>
    public required int VideoFramesInFlight { get; init; }

    public required RestartSettings Restart { get; init; }

    private static readonly Dictionary<string, EngineChoice> Kinds = new()
    {
        ["embedded"] = EngineChoice.Embedded,
        ["akka"] = EngineChoice.Akka,
    };

    internal static EngineSettings Bind(HoconConfig config)
    {
        var shortest = TimeSpan.FromMilliseconds(1);
        var longest = TimeSpan.FromDays(30);
        return new EngineSettings
        {
            Kind = config.GetChoice("wma.engine.kind", Kinds),
            StopTimeout = config.GetDuration("wma.engine.stop-timeout", shortest, longest),
            SampleAttempts = config.GetInt("wma.engine.sample-attempts", 1, 1000),
            VideoSegmentsInFlight = config.GetInt("wma.engine.in-flight.video-segments", 1, 1024),
            VideoFramesInFlight = config.GetInt("wma.engine.in-flight.video-frames", 1, 65536),
            Restart = RestartSettings.Bind(config),
        };
    }
}

/// <summary><c>wma.engine.restart</c></summary>
public sealed record RestartSettings
{
    public required TimeSpan MinBackoff { get; init; }

    /// <summary>Not below <see cref="MinBackoff"/>.</summary>
    public required TimeSpan MaxBackoff { get; init; }

    /// <summary>Restarts allowed within <see cref="Window"/>; 0: none.</summary>
    public required int MaxRestarts { get; init; }

    public required TimeSpan Window { get; init; }

    internal static RestartSettings Bind(HoconConfig config)
    {
        var longest = TimeSpan.FromDays(1);
        var min = config.GetDuration("wma.engine.restart.min-backoff", TimeSpan.Zero, longest);
        return new RestartSettings
        {
            MinBackoff = min,
            MaxBackoff = config.GetDuration("wma.engine.restart.max-backoff", min, longest),
            MaxRestarts = config.GetInt("wma.engine.restart.max-restarts", 0, 1_000_000),
            Window = config.GetDuration("wma.engine.restart.window", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(30)),
        };
    }
}
