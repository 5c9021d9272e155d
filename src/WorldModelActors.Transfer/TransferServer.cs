using System.Buffers;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WorldModelActors.Transfer;

/// <summary>
/// Hands out what handles stand for, in checksummed chunks over HTTP/2. A sender reads ahead of its reader no further than HTTP/2's window and
/// one buffer: the reader's pace is the sender's, whatever the content's size.
/// </summary>
public sealed class TransferServer : IAsyncDisposable
{
    /// <summary>Path of every request.</summary>
    internal const string Path = "/content";

    /// <summary>Header with the length of the whole content.</summary>
    internal const string LengthHeader = "wma-length";

    private static readonly TimeSpan s_stall = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;
    private readonly ITransferSource _source;
    private readonly SemaphoreSlim _room;

    private TransferServer(WebApplication application, ITransferSource source, int mostSends)
    {
        (_application, _source) = (application, source);
        _room = new SemaphoreSlim(mostSends, mostSends);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts one.</summary>
    /// <param name="source">What it hands out.</param>
    /// <param name="endpoint">Where it listens; port 0 for any that is free.</param>
    /// <param name="tls">Who may ask, and how it shows who it is; null: unencrypted, to whoever reaches it, hence on the machine's own address only.</param>
    /// <param name="mostSends">Sends at a time; further ones are told to come back.</param>
    /// <exception cref="TransferException">It cannot listen there.</exception>
    public static async Task<TransferServer> StartAsync(ITransferSource source, IPEndPoint endpoint, TransferTls? tls = null, int mostSends = 8)
    {
        if (tls is null && !IPAddress.IsLoopback(endpoint.Address))
        {
            throw new TransferException($"{endpoint}: without certificates nodes exchange files on the machine's own address only (127.0.0.1)");
        }

        // Empty: neither environment variables nor files nor signals of the process have a say in it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxResponseBufferSize = Chunk.MostBytes;
            // A reader that stands still holds a place; after this it loses it and may ask again from where it was.
            kestrel.Limits.MinResponseDataRate = new MinDataRate(1, s_stall);
            kestrel.Listen(endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (tls is not null)
                {
                    listen.UseHttps(new HttpsConnectionAdapterOptions
                    {
                        ServerCertificate = tls.Own,
                        ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                        ClientCertificateValidation = (certificate, _, errors) => tls.IsTrusted(certificate, errors),
                    });
                }
            });
        });
        var server = new TransferServer(builder.Build(), source, mostSends);
        server._application.Run(server.AnswerAsync);
        try
        {
            await server._application.StartAsync().ConfigureAwait(false);
        }
        catch (IOException cause)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new TransferException($"{endpoint}: cannot listen there ({cause.Message})", cause);
        }

        server.Address = new Uri(server._application.Urls.First());
        return server;
    }

    /// <summary>Ends it; sends under way are broken off.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(s_longestStop);
        await _application.StopAsync(limit.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _room.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Method != HttpMethods.Get || request.Path != Path || request.Query["handle"] is not [{ Length: > 0 } handle])
        {
            await RefuseAsync(context, HttpStatusCode.BadRequest, "GET /content?handle=HANDLE&from=BYTES").ConfigureAwait(false);
            return;
        }

        if (!_room.Wait(0))
        {
            await RefuseAsync(context, HttpStatusCode.ServiceUnavailable, "as many are being sent as may be at a time").ConfigureAwait(false);
            return;
        }

        try
        {
            if (_source.Open(handle) is not { } content)
            {
                await RefuseAsync(context, HttpStatusCode.NotFound, $"'{handle}' is not here").ConfigureAwait(false);
                return;
            }

            await using (content.ConfigureAwait(false))
            {
                if (!long.TryParse(request.Query["from"], NumberStyles.None, CultureInfo.InvariantCulture, out var from) || from > content.Length)
                {
                    await RefuseAsync(context, HttpStatusCode.RequestedRangeNotSatisfiable, $"'{handle}' has {content.Length} bytes").ConfigureAwait(false);
                    return;
                }

                await SendAsync(context, content, from).ConfigureAwait(false);
            }
        }
        finally
        {
            _room.Release();
        }
    }

    private static async Task SendAsync(HttpContext context, TransferContent content, long from)
    {
        var stop = context.RequestAborted;
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers[LengthHeader] = content.Length.ToString(CultureInfo.InvariantCulture);
        // Chunks go out as they are made, not when the whole is there.
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = context.Response.BodyWriter;
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk.MostBytes);
        try
        {
            content.Stream.Position = from;
            int read;
            while ((read = await content.Stream.ReadAtLeastAsync(buffer.AsMemory(0, Chunk.MostBytes), Chunk.MostBytes, throwOnEndOfStream: false, stop).ConfigureAwait(false)) > 0)
            {
                Chunk.WriteHeader(writer.GetSpan(Chunk.HeaderBytes), buffer.AsSpan(0, read));
                writer.Advance(Chunk.HeaderBytes);
                writer.Write(buffer.AsSpan(0, read));
                // Waits while the reader has not taken what is on the way.
                if ((await writer.FlushAsync(stop).ConfigureAwait(false)).IsCompleted)
                {
                    return;
                }
            }

            Chunk.WriteEnd(writer.GetSpan(Chunk.EndBytes), content.Length);
            writer.Advance(Chunk.EndBytes);
            await writer.FlushAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader has gone.
        }
        catch (IOException)
        {
            // Half a content must not look like a whole one.
            context.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Task RefuseAsync(HttpContext context, HttpStatusCode status, string why)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why);
    }

    /// <summary>It lives as long as its owner wants: signals are the process's business.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
