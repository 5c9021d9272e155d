using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace WorldModelActors.Media.Tests;

/// <summary>Writes PNG files of kinds that the product only reads: other colour types, depths and any header.</summary>
internal static class PngFile
{
    public const int Grey = 0;
    public const int Rgb = 2;
    public const int Palette = 3;
    public const int Rgba = 6;

    /// <summary>The file; <paramref name="scanlines"/> are the rows without their filter bytes, one after the other.</summary>
    public static byte[] Make(uint width, uint height, byte depth, byte colourType, byte[] scanlines, params (string Kind, byte[] Data)[] more)
    {
        var rows = (int)Math.Max(1, Math.Min(height, 1 << 16));
        var rowLength = scanlines.Length / rows;
        var filtered = new MemoryStream();
        for (var row = 0; row < rows; row++)
        {
            filtered.WriteByte(0);
            filtered.Write(scanlines, row * rowLength, rowLength);
        }

        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(filtered.ToArray());
        }

        var header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), height);
        header[8] = depth;
        header[9] = colourType;

        var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(file, "IHDR", header);
        foreach (var (kind, data) in more)
        {
            Chunk(file, kind, data);
        }

        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, string kind, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] checkedPart = [.. Encoding.ASCII.GetBytes(kind), .. data];
        file.Write(checkedPart);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(checkedPart));
        file.Write(number);
    }
}
