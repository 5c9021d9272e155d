using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WorldModelActors.Reliability;

/// <summary>A place in a cluster that a node takes, one life after the other.</summary>
/// <param name="Address">Its address and port.</param>
/// <param name="Seeds">Addresses and ports of all places.</param>
/// <param name="By">What starts the node's process there; empty: nothing special.</param>
public sealed record ClusterSeat(IPEndPoint Address, IReadOnlyList<IPEndPoint> Seeds, IReadOnlyList<string> By)
{
    /// <summary>Further variables of the environment of a node there.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What makes a node take it.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--engine", "akka", "--host", Address.Address.ToString(), "--port", Address.Port.ToString(CultureInfo.InvariantCulture), "--seed-nodes", string.Join(',', Seeds),
    ];

    /// <summary>Places on this machine's own address. The first is where the cluster begins.</summary>
    public static IReadOnlyList<ClusterSeat> OnLoopback(int count)
    {
        // All open at a time, or one number would come twice.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var addresses = listeners.Select(listener => (IPEndPoint)listener.LocalEndpoint).ToList();
        listeners.ForEach(listener => listener.Stop());
        return [.. addresses.Select(address => new ClusterSeat(address, addresses, []))];
    }
}
