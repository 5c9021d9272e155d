using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry;

/// <summary>Lanes as people read them.</summary>
public static class LaneNames
{
    /// <summary>The device of lanes that belong to none.</summary>
    public const string Host = "host";

    /// <summary>E.g. <c>UNet</c>, <c>decode</c>.</summary>
    public static string NameOf(this Lane lane) => lane == Lane.UNet ? "UNet" : lane.ToString().ToLowerInvariant();

    /// <summary>The device of a lane, <see cref="Host"/> where it belongs to none.</summary>
    public static string DeviceName(string device) => device.Length == 0 ? Host : device;
}
