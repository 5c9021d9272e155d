namespace WorldModelActors.Telemetry;

/// <summary>Telemetry cannot be written or sent; the message is one line for the user.</summary>
public sealed class TelemetryException(string message, Exception? cause = null) : Exception(message, cause);
