namespace WorldModelActors.Settings;

/// <summary>Every setting of <c>wma</c>, checked; see hocon/reference.conf for what each means.</summary>
public sealed record WmaSettings
{
    public required ModelSettings Model { get; init; }

    public required RolloutSettings Rollout { get; init; }

    public required SamplerSettings Sampler { get; init; }

    public required MediaSettings Media { get; init; }

    public required DeviceSettings Device { get; init; }

    public required BatchingSettings Batching { get; init; }

    public required TelemetrySettings Telemetry { get; init; }

    public required EngineSettings Engine { get; init; }

    public required StoreSettings Store { get; init; }

    public required NodeSettings Node { get; init; }

    public required ClusterSettings Cluster { get; init; }

    public required ExchangeSettings Exchange { get; init; }

    /// <summary>
    /// Puts settings together: the reference, over it <paramref name="layers"/> in order (a built-in overlay, the user's files, flags), and binds
    /// them.
    /// </summary>
    /// <param name="layers">From the weakest to the strongest.</param>
    /// <param name="environment">Where substitutions look last; by default the process environment.</param>
    /// <exception cref="HoconException">An unknown key, a value of the wrong kind or out of bounds, a substitution without an answer.</exception>
    public static WmaSettings Load(IEnumerable<HoconConfig> layers, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var reference = BuiltInSettings.Reference(environment);
        var config = layers.Aggregate(reference, (below, layer) => layer.RequireKnownKeys(reference).WithFallback(below));
        return Bind(config.WithEnvironment(environment));
    }

    /// <summary>Binds a configuration that has the reference as its last fall-back.</summary>
    public static WmaSettings Bind(HoconConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new WmaSettings
        {
            Model = ModelSettings.Bind(config),
            Rollout = RolloutSettings.Bind(config),
            Sampler = SamplerSettings.Bind(config),
            Media = MediaSettings.Bind(config),
            Device = DeviceSettings.Bind(config),
            Batching = BatchingSettings.Bind(config),
            Telemetry = TelemetrySettings.Bind(config),
            Engine = EngineSettings.Bind(config),
            Store = StoreSettings.Bind(config),
            Node = NodeSettings.Bind(config),
            Cluster = ClusterSettings.Bind(config),
            Exchange = ExchangeSettings.Bind(config),
        };
    }
}
