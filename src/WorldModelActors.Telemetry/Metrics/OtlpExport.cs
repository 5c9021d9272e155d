using System.Diagnostics.Tracing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace WorldModelActors.Telemetry;

/// <summary>
/// Sends the meters of this process to a collector by OTLP while it exists, and once more at its end. HTTP with protobuf, or
/// gRPC where the address has port 4317 or <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> is <c>grpc</c>.
/// </summary>
public sealed class OtlpExport : IDisposable
{
    private const int PortOfGrpc = 4317;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    private readonly MeterProvider _provider;
    private readonly ExportFailures _failures;

    /// <param name="endpoint">The collector, e.g. <c>http://localhost:4318</c>; over HTTP without a path <c>/v1/metrics</c> is added.</param>
    /// <param name="interval">How often.</param>
    /// <param name="version">Version of this program.</param>
    /// <param name="failed">Called once, on the first failure, with what is wrong.</param>
    public OtlpExport(Uri endpoint, TimeSpan interval, string version, Action<string>? failed = null)
    {
        var protocol = ProtocolOf(endpoint);
        _failures = new ExportFailures(message => failed?.Invoke($"{endpoint}: metrics cannot be sent ({message})"));
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("wma", serviceVersion: version))
            .AddMeter(MeterNames.Meter)
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Protocol = protocol;
                exporter.Endpoint = protocol == OtlpExportProtocol.HttpProtobuf ? AddressOf(endpoint) : endpoint;
                exporter.TimeoutMilliseconds = (int)s_longest.TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)interval.TotalMilliseconds;
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = (int)s_longest.TotalMilliseconds;
            })
            .Build();
    }

    /// <summary>Sends what is there now.</summary>
    /// <returns>False where the collector did not take it.</returns>
    public bool Flush() => _provider.ForceFlush((int)s_longest.TotalMilliseconds);

    /// <summary>Sends the last values; a collector that does not answer holds this up for some seconds at most.</summary>
    public void Dispose()
    {
        _provider.Shutdown((int)s_longest.TotalMilliseconds);
        _provider.Dispose();
        _failures.Dispose();
    }

    internal static OtlpExportProtocol ProtocolOf(Uri endpoint) => Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") switch
    {
        "grpc" => OtlpExportProtocol.Grpc,
        "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
        _ => endpoint.Port == PortOfGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
    };

    internal static Uri AddressOf(Uri endpoint) => endpoint.AbsolutePath is "/" or "" ? new Uri(endpoint, "/v1/metrics") : endpoint;

    /// <summary>Listens to the exporter's own events: it tells of failures nowhere else.</summary>
    private sealed class ExportFailures(Action<string> failed) : EventListener
    {
        private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
        private int _told;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == Source)
                EnableEvents(eventSource, EventLevel.Error);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.Level > EventLevel.Error || Interlocked.Exchange(ref _told, 1) != 0)
                return;
            // The payload's last text is the exception with its stack; its first line says it.
            var cause = eventData.Payload?.OfType<string>().LastOrDefault() ?? eventData.Message ?? "unknown reason";
            failed(cause.Split('\n')[0].Trim());
        }
    }
}
