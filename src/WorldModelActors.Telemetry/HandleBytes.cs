using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry;

/// <summary>Bytes in the handles of one device.</summary>
/// <param name="Device">Name of the device.</param>
/// <param name="DeviceBytes">On the device itself.</param>
/// <param name="HostBytes">Moved to host memory for now.</param>
public readonly record struct HandleReading(string Device, long DeviceBytes, long HostBytes);

/// <summary>Reads the latent stores of a node; they come after the observers, so they are added when the node is there.</summary>
public sealed class HandleBytes
{
    private volatile Func<HandleReading>[] _readers = [];

    /// <summary>Adds a store.</summary>
    public void Watch(LatentStore store) => Watch(() => new HandleReading(store.Name, store.Bytes, store.HostBytes));

    /// <summary>Adds whatever can be read.</summary>
    public void Watch(Func<HandleReading> reader) => _readers = [.. _readers, reader];

    /// <summary>How it stands now.</summary>
    public IEnumerable<HandleReading> Read() => _readers.Select(reader => reader());
}
