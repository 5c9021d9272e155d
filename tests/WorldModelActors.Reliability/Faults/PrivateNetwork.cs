using System.Globalization;
using System.Net;

namespace WorldModelActors.Reliability;

/// <summary>
/// A network of its own: each place in a network namespace, all on one bridge in another. A place can be cut off: what goes to it and comes from it
/// disappears without a word, as behind a broken switch. Only root may make one; nothing of it touches the machine's own network.
/// </summary>
public sealed class PrivateNetwork : IDisposable
{
    private const int Port = 4053;

    private static int s_networks;

    private readonly string _name;
    private readonly int _places;

    private PrivateNetwork(string name, int places) => (_name, _places) = (name, places);

    /// <summary>The places; all listen on one port, each on its address.</summary>
    public IReadOnlyList<ClusterSeat> Seats
    {
        get
        {
            var addresses = Enumerable.Range(0, _places).Select(place => new IPEndPoint(IPAddress.Parse(AddressOf(place)), Port)).ToList();
            return [.. addresses.Select((address, place) => new ClusterSeat(address, addresses, ["ip", "netns", "exec", Namespace(place)]))];
        }
    }

    private string Hub => _name + "-hub";

    /// <summary>Makes one.</summary>
    /// <returns>The network, or why there is none.</returns>
    public static (PrivateNetwork? Network, string? Reason) Make(int places)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return (null, "a network namespace can only be made by root");
        }

        var network = new PrivateNetwork(string.Create(CultureInfo.InvariantCulture, $"wma{Environment.ProcessId}-{Interlocked.Increment(ref s_networks)}"), places);
        try
        {
            network.Build();
            return (network, null);
        }
        catch (Exception cause) when (cause is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            network.Dispose();
            return (null, $"no network namespaces here: {cause.Message}");
        }
    }

    /// <summary>From now on everything to and from this place disappears.</summary>
    public void CutOff(int place) => Ip("-n", Hub, "link", "set", $"port{place}", "nomaster");

    /// <summary>The place is on the network again.</summary>
    public void Heal(int place) => Ip("-n", Hub, "link", "set", $"port{place}", "master", "switch");

    /// <summary>Removes it, with every device in it.</summary>
    public void Dispose()
    {
        foreach (var name in Enumerable.Range(0, _places).Select(Namespace).Append(Hub))
        {
            // Those that were not made yet are not there.
            Shell.Run("ip", ["netns", "del", name]);
        }
    }

    private static string AddressOf(int place) => string.Create(CultureInfo.InvariantCulture, $"10.213.77.{place + 1}");

    private static void Ip(params string[] arguments)
    {
        var (exit, _, error) = Shell.Run("ip", arguments);
        if (exit != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error}");
        }
    }

    private string Namespace(int place) => string.Create(CultureInfo.InvariantCulture, $"{_name}-{place}");

    private void Build()
    {
        Ip("netns", "add", Hub);
        Ip("-n", Hub, "link", "add", "switch", "type", "bridge");
        Ip("-n", Hub, "link", "set", "switch", "up");
        for (var place = 0; place < _places; place++)
        {
            Ip("netns", "add", Namespace(place));
            Ip("-n", Hub, "link", "add", $"port{place}", "type", "veth", "peer", "name", "eth0", "netns", Namespace(place));
            Ip("-n", Hub, "link", "set", $"port{place}", "master", "switch", "up");
            Ip("-n", Namespace(place), "addr", "add", AddressOf(place) + "/24", "dev", "eth0");
            Ip("-n", Namespace(place), "link", "set", "eth0", "up");
            Ip("-n", Namespace(place), "link", "set", "lo", "up");
        }
    }
}
