using WorldModelActors.Torch;

namespace WorldModelActors.Transfer.Tests;

/// <summary>What arrives is what was sent.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk.MostBytes - 1)]
    [InlineData(Chunk.MostBytes)]
    [InlineData(Chunk.MostBytes + 1)]
    [InlineData((5 << 20) + 12345)]
    public async Task Of_any_length(int length)
    {
        using var limit = Limit.Start();
        var bytes = Contents.Noise(length, seed: 1);
        await using var server = await TransferServer.StartAsync(new Contents().With("it", bytes), Contents.AnyPort);
        using var client = new TransferClient();

        using var arrived = new MemoryStream();
        Assert.Equal(length, await client.FetchAsync(server.Address, "it", arrived, limit.Token));

        Assert.Equal(bytes, arrived.ToArray());
        Assert.Equal(0, client.Repeated);
    }

    [Fact]
    public async Task Tensors_of_every_type_and_of_all_kinds_of_shapes()
    {
        using var limit = Limit.Start();
        long[][] shapes = [[], [0], [1], [7], [3, 5], [2, 4, 16, 9, 5]];
        var tensors = Enum.GetValues<ElementType>().SelectMany(type => shapes.Select(shape => (Name: $"{type} {string.Join('x', shape)}", Type: type, Shape: shape))).ToList();
        var sent = new MemoryStream();
        var writer = new SafetensorsWriter();
        foreach (var (tensor, seed) in tensors.Select((tensor, i) => (tensor, i)))
        {
            writer.Add(tensor.Name, tensor.Type, tensor.Shape, Contents.Noise((int)tensor.Shape.Aggregate(1L, (a, b) => a * b) * tensor.Type.Size(), seed));
        }

        writer.Write(sent, null, limit.Token);
        await using var server = await TransferServer.StartAsync(new Contents().With("latents", sent.ToArray()), Contents.AnyPort);
        using var client = new TransferClient();
        var path = Path.GetTempFileName();
        try
        {
            await using (var file = File.Create(path))
            {
                await client.FetchAsync(server.Address, "latents", file, limit.Token);
            }

            using var arrived = SafetensorsFile.Open(path);
            Assert.Equal(tensors.Count, arrived.Entries.Count);
            foreach (var (tensor, seed) in tensors.Select((tensor, i) => (tensor, i)))
            {
                var entry = arrived.Entry(tensor.Name);
                Assert.Equal((tensor.Type, string.Join('x', tensor.Shape)), (entry.Type, string.Join('x', entry.Shape)));
                Assert.Equal(Contents.Noise(arrived.Bytes(tensor.Name).Length, seed), arrived.Bytes(tensor.Name).ToArray());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Many_at_a_time()
    {
        using var limit = Limit.Start();
        var contents = new Contents();
        var all = Enumerable.Range(0, 8).Select(i => Contents.Noise((300 << 10) + i, i)).ToList();
        all.ForEach(bytes => contents.With($"it {all.IndexOf(bytes)}", bytes));
        await using var server = await TransferServer.StartAsync(contents, Contents.AnyPort);
        using var client = new TransferClient();

        var arrived = await Task.WhenAll(all.Select(async (_, i) =>
        {
            using var target = new MemoryStream();
            await client.FetchAsync(server.Address, $"it {i}", target, limit.Token);
            return target.ToArray();
        }));

        Assert.Equal(all, arrived);
    }
}
