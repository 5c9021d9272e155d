using System.Net;

namespace WorldModelActors.Transfer.Tests;

/// <summary>What senders bear.</summary>
public sealed class SenderTests
{
    /// <summary>HTTP/2's window (256 KiB), the response's buffer, a chunk in hand, and room for what the sockets take.</summary>
    private const long LargestLead = 1 << 20;

    [Fact]
    public async Task A_sender_is_never_far_ahead_of_a_slow_reader()
    {
        using var limit = Limit.Start();
        using var endless = new EndlessStream(256 << 20);
        var other = Contents.Noise(4 << 20, seed: 1);
        await using var server = await TransferServer.StartAsync(new Contents().With("endless", () => endless).With("other", other), Contents.AnyPort);
        using var client = new TransferClient();

        var taken = 0L;
        await foreach (var chunk in client.ChunksAsync(server.Address, "endless", 0, limit.Token))
        {
            taken += chunk.Length;
            // As long as others take to get all of theirs: a sender that did not wait would be at its end.
            using var arrived = new MemoryStream();
            await client.FetchAsync(server.Address, "other", arrived, limit.Token);
            Assert.Equal(other.Length, arrived.Length);
            Assert.True(endless.BytesRead - taken <= LargestLead, $"{endless.BytesRead} bytes were read of the content, {taken} taken");
            if (taken > 12 * Chunk.MostBytes)
            {
                break;
            }
        }

        Assert.True(endless.BytesRead < endless.Length / 100);
    }

    [Fact]
    public async Task A_reader_that_leaves_frees_its_sender()
    {
        using var limit = Limit.Start();
        using var endless = new EndlessStream(256 << 20);
        await using var server = await TransferServer.StartAsync(new Contents().With("endless", () => endless).With("other", [1]), Contents.AnyPort, mostSends: 1);
        using var client = new TransferClient();
        using var reader = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        using var pipe = new LeavingStream(reader);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.FetchAsync(server.Address, "endless", pipe, reader.Token));

        await endless.Closed.WaitAsync(limit.Token);
        // The only place is free again.
        using var arrived = new MemoryStream();
        await client.FetchAsync(server.Address, "other", arrived, limit.Token);
        Assert.Equal([1], arrived.ToArray());
    }

    [Fact]
    public async Task More_than_it_may_send_at_a_time_are_refused_with_a_reason()
    {
        using var limit = Limit.Start();
        using var endless = new EndlessStream(256 << 20);
        await using var server = await TransferServer.StartAsync(new Contents().With("endless", () => endless).With("other", [1]), Contents.AnyPort, mostSends: 1);
        using var client = new TransferClient(new TransferClientOptions { Attempts = 2, Pause = TimeSpan.FromMilliseconds(1) });
        await using var first = client.ChunksAsync(server.Address, "endless", 0, limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await first.MoveNextAsync());

        var failure = await Assert.ThrowsAsync<TransferException>(() => client.FetchAsync(server.Address, "other", Stream.Null, limit.Token));

        Assert.Contains("as many are being sent as may be at a time", failure.Message);
    }

    [Fact]
    public async Task A_handle_that_is_released_meanwhile_is_sent_to_its_end_and_then_unknown()
    {
        using var limit = Limit.Start();
        var bytes = Contents.Noise(2 << 20, seed: 2);
        var contents = new Contents().With("it", bytes);
        await using var server = await TransferServer.StartAsync(contents, Contents.AnyPort);
        using var client = new TransferClient();
        using var arrived = new MemoryStream();
        await foreach (var chunk in client.ChunksAsync(server.Address, "it", 0, limit.Token))
        {
            contents.Release("it");
            arrived.Write(chunk.Span);
        }

        Assert.Equal(bytes, arrived.ToArray());
        await Assert.ThrowsAsync<UnknownHandleException>(() => client.FetchAsync(server.Address, "it", Stream.Null, limit.Token));
    }

    [Fact]
    public async Task A_content_that_cannot_be_read_to_its_end_never_looks_whole()
    {
        using var limit = Limit.Start();
        await using var server = await TransferServer.StartAsync(new Contents().With("it", () => new BadDisk(new byte[1 << 20])), Contents.AnyPort);
        using var client = new TransferClient(new TransferClientOptions { Attempts = 2, Pause = TimeSpan.FromMilliseconds(1) });

        await Assert.ThrowsAsync<TransferException>(() => client.FetchAsync(server.Address, "it", Stream.Null, limit.Token));
    }

    [Fact]
    public async Task A_node_that_says_nothing_is_given_up()
    {
        using var limit = Limit.Start();
        var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new TransferClient(new TransferClientOptions { Attempts = 2, Pause = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromMilliseconds(50) });

        var failure = await Assert.ThrowsAsync<TransferException>(() => client.FetchAsync(new Uri($"http://{silent.LocalEndpoint}"), "it", Stream.Null, limit.Token));

        silent.Stop();
        Assert.Contains("nothing came for 0.1 s", failure.Message);
    }

    /// <summary>Leaves in the middle of its third chunk.</summary>
    private sealed class LeavingStream(CancellationTokenSource reader) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            if (Length > 2 * Chunk.MostBytes)
            {
                await reader.CancelAsync();
            }
        }
    }

    private sealed class BadDisk(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position > 500_000 ? throw new IOException("bad sector") : base.ReadAsync(buffer, cancellationToken);
    }
}
