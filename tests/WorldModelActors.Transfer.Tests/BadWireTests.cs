namespace WorldModelActors.Transfer.Tests;

/// <summary>Wires that damage or break.</summary>
public sealed class BadWireTests
{
    private static readonly TransferClientOptions s_hasty = new() { Pause = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task A_damaged_chunk_is_fetched_again_and_nothing_else()
    {
        using var limit = Limit.Start();
        var bytes = HalfZeros();
        await using var server = await TransferServer.StartAsync(new Contents().With("it", bytes), Contents.AnyPort);
        await using var wire = new BadWire(server.Address, damages: 1);
        using var client = new TransferClient(s_hasty);

        using var arrived = new MemoryStream();
        await client.FetchAsync(wire.Address, "it", arrived, limit.Token);

        Assert.Equal(bytes, arrived.ToArray());
        Assert.Equal(1, client.Repeated);
    }

    [Fact]
    public async Task A_wire_that_always_damages_is_given_up_with_a_reason()
    {
        using var limit = Limit.Start();
        await using var server = await TransferServer.StartAsync(new Contents().With("it", HalfZeros()), Contents.AnyPort);
        await using var wire = new BadWire(server.Address, damages: int.MaxValue);
        using var client = new TransferClient(s_hasty);

        using var arrived = new MemoryStream();
        var failure = await Assert.ThrowsAsync<TransferException>(() => client.FetchAsync(wire.Address, "it", arrived, limit.Token));

        Assert.Contains("'it' could not be fetched", failure.Message);
        Assert.Contains("checksum", failure.Message);
        // Nothing of a damaged chunk has reached the target.
        Assert.Equal(HalfZeros()[..(int)arrived.Length], arrived.ToArray());
        Assert.Equal(s_hasty.Attempts - 1, client.Repeated);
    }

    [Fact]
    public async Task It_goes_on_where_the_connection_broke()
    {
        using var limit = Limit.Start();
        var bytes = Contents.Noise(2 << 20, seed: 2);
        var asked = new List<long>();
        await using var server = await TransferServer.StartAsync(new Contents().With("it", () => new SeekSpy(bytes, asked)), Contents.AnyPort);
        await using var wire = new BadWire(server.Address, breakAfter: 700_000);
        using var client = new TransferClient(s_hasty);

        using var arrived = new MemoryStream();
        await client.FetchAsync(wire.Address, "it", arrived, limit.Token);

        Assert.Equal(bytes, arrived.ToArray());
        Assert.Equal(2, asked.Count);
        Assert.Equal(0, asked[0]);
        Assert.True(asked[1] is > 0 and <= 700_000, $"it went on at {asked[1]}");
    }

    [Fact]
    public async Task A_handle_that_was_released_while_the_connection_was_away_is_named()
    {
        using var limit = Limit.Start();
        var contents = new Contents().With("it", Contents.Noise(2 << 20, seed: 3));
        await using var server = await TransferServer.StartAsync(contents, Contents.AnyPort);
        await using var wire = new BadWire(server.Address, breakAfter: 700_000) { Breaking = () => contents.Release("it") };
        using var client = new TransferClient(s_hasty);

        var failure = await Assert.ThrowsAsync<UnknownHandleException>(() => client.FetchAsync(wire.Address, "it", Stream.Null, limit.Token));

        Assert.Contains("'it' is not here", failure.Message);
    }

    /// <summary>Noise, in which every byte of a header could occur, and zeros, which are payload for certain.</summary>
    private static byte[] HalfZeros() => [.. Contents.Noise(300_000, seed: 4).Select(value => (byte)(value | 1)), .. new byte[300_000]];

    private sealed class SeekSpy(byte[] bytes, List<long> positions) : MemoryStream(bytes, writable: false)
    {
        public override long Position
        {
            get => base.Position;
            set
            {
                positions.Add(value);
                base.Position = value;
            }
        }
    }
}
