using System.Net;
using System.Net.Sockets;

namespace WorldModelActors.Transfer.Tests;

/// <summary>A wire between a reader and a sender that damages what the sender says, or breaks.</summary>
internal sealed class BadWire : IAsyncDisposable
{
    private const int Run = 64;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _sender;
    private readonly Task _accepting;
    private int _damages;
    private long _breakAfter;

    /// <param name="sender">Where the sender listens.</param>
    /// <param name="damages">Times that it turns a byte around.</param>
    /// <param name="breakAfter">Bytes after which it breaks, once; 0 for never.</param>
    public BadWire(Uri sender, int damages = 0, long breakAfter = 0)
    {
        (_sender, _damages, _breakAfter) = (sender, damages, breakAfter);
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}");
        _accepting = AcceptAsync();
    }

    /// <summary>The reader's end.</summary>
    public Uri Address { get; }

    /// <summary>Told when the wire breaks, before the reader sees it.</summary>
    public Action Breaking { get; init; } = () => { };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient reader)
    {
        using (reader)
        using (var sender = new TcpClient())
        {
            try
            {
                await sender.ConnectAsync(IPAddress.Loopback, _sender.Port, _end.Token);
                await Task.WhenAny(
                    reader.GetStream().CopyToAsync(sender.GetStream(), _end.Token),
                    SayAsync(sender.GetStream(), reader.GetStream()));
            }
            catch (Exception cause) when (cause is OperationCanceledException or IOException or SocketException)
            {
                // One of the ends has gone.
            }
        }
    }

    private async Task SayAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[32 << 10];
        var said = 0L;
        int read;
        while ((read = await from.ReadAsync(buffer, _end.Token)) > 0)
        {
            // In the midst of many zeros there is payload, neither a header of HTTP/2 nor one of a chunk.
            var zeros = buffer.AsSpan(0, read).IndexOf(new byte[Run]);
            if (zeros >= 0 && Interlocked.Decrement(ref _damages) >= 0)
            {
                buffer[zeros + (Run / 2)] = 1;
            }

            said += read;
            if (_breakAfter > 0 && said > _breakAfter)
            {
                _breakAfter = 0;
                Breaking();
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }
}
