namespace WorldModelActors.Telemetry.Tests;

/// <summary>A clock of microseconds that moves when a test moves it.</summary>
internal sealed class TestClock : TimeProvider
{
    public long Now { get; set; }

    public override long TimestampFrequency => 1_000_000;

    public override long GetTimestamp() => Now;
}
