namespace WorldModelActors.Settings;

/// <summary><c>wma.telemetry</c></summary>
public sealed record TelemetrySettings
{
    /// <summary>File of the trace; null: none.</summary>
    public required string? Trace { get; init; }

    /// <summary>Where metrics go; null: nowhere.</summary>
    public required Uri? OtlpEndpoint { get; init; }

    /// <summary>How often metrics are sent.</summary>
    public required TimeSpan OtlpInterval { get; init; }

    internal static TelemetrySettings Bind(HoconConfig config)
    {
        const string endpoint = "wma.telemetry.otlp-endpoint";
        Uri? address = null;
        // OpenTelemetry's own programs take an empty variable for one that is not set.
        if (config.GetStringOrNull(endpoint) is { Length: > 0 } text
            && !(Uri.TryCreate(text, UriKind.Absolute, out address) && address.Scheme is "http" or "https"))
        {
            throw config.Wrong(endpoint, "an address such as http://localhost:4318");
        }

        return new TelemetrySettings
        {
            Trace = SettingTexts.OptionalPath(config, "wma.telemetry.trace"),
            OtlpEndpoint = address,
            OtlpInterval = config.GetDuration("wma.telemetry.otlp-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
        };
    }
}
