using System.Collections.Concurrent;
using System.Net;

namespace WorldModelActors.Transfer.Tests;

/// <summary>Contents by handle, as a node would have them.</summary>
internal sealed class Contents : ITransferSource
{
    public static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly ConcurrentDictionary<string, Func<Stream>> _open = new(StringComparer.Ordinal);

    public Contents With(string handle, byte[] bytes) => With(handle, () => new MemoryStream(bytes, writable: false));

    public Contents With(string handle, Func<Stream> open)
    {
        _open[handle] = open;
        return this;
    }

    public void Release(string handle) => _open.TryRemove(handle, out _);

    public TransferContent? Open(string handle) => _open.TryGetValue(handle, out var open) ? new TransferContent(open()) : null;

    /// <summary>Bytes that look like noise, the same for the same seed.</summary>
    public static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
