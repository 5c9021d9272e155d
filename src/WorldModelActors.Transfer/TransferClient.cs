using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Security;

namespace WorldModelActors.Transfer;

/// <summary>How a client fetches.</summary>
public sealed record TransferClientOptions
{
    /// <summary>Attempts one after the other without a further byte; then it has failed.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Pause before the second attempt; it doubles with each further one.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait for a connection, an answer or the next chunk: a node that cannot be reached any more says nothing.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that may be on the way to a reader that does not read.</summary>
    public int Window { get; init; } = 256 << 10;

    /// <summary>How it shows who it is, and whom it believes; null: unencrypted.</summary>
    public TransferTls? Tls { get; init; }
}

/// <summary>
/// Fetches from other nodes what handles stand for. Every chunk is checked; where one is damaged or the connection breaks, it goes on behind the
/// last whole one. For several callers at a time.
/// </summary>
public sealed class TransferClient : IDisposable
{
    private readonly TransferClientOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private long _repeated;

    /// <summary>A client.</summary>
    /// <param name="options">How it fetches; null for the defaults.</param>
    /// <param name="time">The clock of its pauses; null for the system's.</param>
    public TransferClient(TransferClientOptions? options = null, TimeProvider? time = null)
    {
        _options = options ?? new TransferClientOptions();
        _time = time ?? TimeProvider.System;
        var handler = new SocketsHttpHandler
        {
            InitialHttp2StreamWindowSize = _options.Window,
            ConnectTimeout = _options.Patience,
            UseProxy = false,
            AllowAutoRedirect = false,
        };
        if (_options.Tls is { } tls)
        {
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [tls.Own],
                RemoteCertificateValidationCallback = (_, certificate, _, errors) => tls.IsTrusted(certificate, errors),
            };
        }

        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Times that something was asked for again, because of damage or a broken connection.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>Fetches a content to its end.</summary>
    /// <param name="node">Where the other node listens.</param>
    /// <param name="handle">What it is asked for.</param>
    /// <param name="target">Takes the bytes, in order, each once, after they were checked.</param>
    /// <param name="stop">Stops; the sender is freed.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="UnknownHandleException">The node does not have it.</exception>
    /// <exception cref="TransferException">It could not be fetched.</exception>
    public async Task<long> FetchAsync(Uri node, string handle, Stream target, CancellationToken stop = default)
    {
        var written = 0L;
        var pause = _options.Pause;
        for (var attempt = 1; ; attempt++)
        {
            var before = written;
            try
            {
                await foreach (var piece in ChunksAsync(node, handle, written, stop).ConfigureAwait(false))
                {
                    await target.WriteAsync(piece, stop).ConfigureAwait(false);
                    written += piece.Length;
                }

                return written;
            }
            catch (Exception cause) when (!stop.IsCancellationRequested && cause is HttpRequestException or DamagedTransferException or HttpIOException or TimeoutException)
            {
                if (written > before)
                {
                    (attempt, pause) = (1, _options.Pause);
                }

                if (attempt >= _options.Attempts)
                {
                    throw new TransferException(string.Create(CultureInfo.InvariantCulture, $"{node}: '{handle}' could not be fetched beyond byte {written} ({cause.Message})"), cause);
                }
            }

            Interlocked.Increment(ref _repeated);
            await Task.Delay(pause, _time, stop).ConfigureAwait(false);
            pause *= 2;
        }
    }

    /// <summary>The chunks of a content from a byte on; each is valid until the next. Nothing is read ahead beyond the window.</summary>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> ChunksAsync(
        Uri node, string handle, long from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"{TransferServer.Path}?handle={Uri.EscapeDataString(handle)}&from={from}");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, query))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await PatientlyAsync(token => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), stop).ConfigureAwait(false);
        await RequireGoodAsync(node, response, stop).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.MostBytes);
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                while (true)
                {
                    var (bytes, total) = await PatientlyAsync(token => Chunk.ReadAsync(stream, buffer, token).AsTask(), stop).ConfigureAwait(false);
                    if (bytes == 0)
                    {
                        if (from != total)
                        {
                            throw new DamagedTransferException(string.Create(CultureInfo.InvariantCulture, $"{from} of {total} bytes came"));
                        }

                        yield break;
                    }

                    from += bytes;
                    yield return buffer.AsMemory(0, bytes);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task RequireGoodAsync(Uri node, HttpResponseMessage response, CancellationToken stop)
    {
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return;
        }

        var why = $"{node}: {await response.Content.ReadAsStringAsync(stop).ConfigureAwait(false)}";
        throw response.StatusCode switch
        {
            HttpStatusCode.NotFound => new UnknownHandleException(why),
            HttpStatusCode.ServiceUnavailable => new HttpRequestException(why),
            _ => new TransferException(why),
        };
    }

    /// <summary>Waits for something of the other node, but not for ever.</summary>
    private async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> wait, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(_options.Patience, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            return await wait(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cause) when (patience.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"nothing came for {_options.Patience.TotalSeconds:0.#} s"), cause);
        }
    }
}
