using System.Text;

namespace WorldModelActors.Transfer.Tests;

public sealed class ChunkTests
{
    /// <summary>RFC 3720, B.4, and the usual check value.</summary>
    [Fact]
    public void The_checksum_is_that_of_the_standard()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(0u, Crc32C.Of([]));
    }

    [Fact]
    public async Task A_stream_that_ends_anywhere_before_its_end_is_not_whole()
    {
        var whole = Frames();
        for (var length = 0; length < whole.Length; length++)
        {
            await Assert.ThrowsAsync<DamagedTransferException>(() => ReadAllAsync(whole[..length]));
        }

        Assert.Equal("first second", await ReadAllAsync(whole));
    }

    [Fact]
    public async Task Any_bit_that_was_turned_is_noticed()
    {
        var whole = Frames();
        for (var bit = 0; bit < 8 * whole.Length; bit++)
        {
            var damaged = whole.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await Assert.ThrowsAsync<DamagedTransferException>(() => ReadAllAsync(damaged));
        }
    }

    private static byte[] Frames()
    {
        var frames = new MemoryStream();
        foreach (var text in new[] { "first ", "second" })
        {
            var header = new byte[Chunk.HeaderBytes];
            Chunk.WriteHeader(header, Encoding.ASCII.GetBytes(text));
            frames.Write(header);
            frames.Write(Encoding.ASCII.GetBytes(text));
        }

        var end = new byte[Chunk.EndBytes];
        Chunk.WriteEnd(end, 12);
        frames.Write(end);
        return frames.ToArray();
    }

    private static async Task<string> ReadAllAsync(byte[] frames)
    {
        using var stream = new MemoryStream(frames);
        var text = new StringBuilder();
        var buffer = new byte[Chunk.MostBytes];
        while (true)
        {
            var (bytes, total) = await Chunk.ReadAsync(stream, buffer, TestContext.Current.CancellationToken);
            if (bytes == 0)
            {
                Assert.Equal(text.Length, total);
                return text.ToString();
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, bytes));
        }
    }
}
