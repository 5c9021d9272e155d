using System.Buffers.Binary;

namespace WorldModelActors.Media;

/// <summary>
/// Format and size of a PNG or JPEG file, read by walking through its chunks or markers. The walk reaches the end of the
/// picture, so that a truncated file is refused before anything is allocated (decoders would fill the rest with grey).
/// </summary>
/// <param name="Format">What the first bytes say, whatever the file's name.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
public readonly record struct ImageHeader(ImageFormat Format, int Height, int Width)
{
    /// <summary>Larger pictures are refused: no prompt image needs more than 64 megapixels.</summary>
    public const long MaximumPixels = 64L << 20;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads the header of <paramref name="file"/>.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What the user calls it, for error messages.</param>
    /// <exception cref="MediaException">Unknown format, truncated, damaged, or larger than <see cref="MaximumPixels"/>.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> file, string name)
    {
        if (file.IsEmpty)
        {
            throw new MediaException($"{name}: the file is empty; expected a PNG or JPEG picture.");
        }

        ImageHeader header;
        if (file.StartsWith(PngSignature))
        {
            header = ReadPng(file, name);
        }
        else if (file.Length >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF)
        {
            header = ReadJpeg(file, name);
        }
        else
        {
            throw new MediaException($"{name}: not a PNG or JPEG picture; convert it to PNG first.");
        }

        if (header.Width <= 0 || header.Height <= 0)
        {
            throw new MediaException($"{name}: the picture's header states the impossible size {header.Width}x{header.Height}.");
        }

        if ((long)header.Width * header.Height > MaximumPixels)
        {
            throw new MediaException($"{name}: the picture is {header.Width}x{header.Height} pixels; at most {MaximumPixels >> 20} megapixels are read, scale it down first.");
        }

        return header;
    }

    private static ImageHeader ReadPng(ReadOnlySpan<byte> file, string name)
    {
        ImageHeader? header = null;
        var position = PngSignature.Length;
        while (true)
        {
            if (file.Length - position < 12)
            {
                throw Truncated(name, "PNG");
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(file[position..]);
            if (length > (uint)(file.Length - position - 12))
            {
                throw Truncated(name, "PNG");
            }

            var chunk = file.Slice(position + 4, (int)length + 4);
            var kind = chunk[..4];
            if (Crc32.Of(chunk) != BinaryPrimitives.ReadUInt32BigEndian(file[(position + 8 + (int)length)..]))
            {
                throw new MediaException($"{name}: the PNG picture is damaged (checksum of a chunk at byte {position}); copy or make it again.");
            }

            if (header is null)
            {
                if (!kind.SequenceEqual("IHDR"u8) || length != 13)
                {
                    throw new MediaException($"{name}: the PNG picture does not begin with its header; copy or make it again.");
                }

                var width = BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
                var height = BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]);
                header = new ImageHeader(ImageFormat.Png, (int)Math.Min(height, int.MaxValue), (int)Math.Min(width, int.MaxValue));
            }
            else if (kind.SequenceEqual("IEND"u8))
            {
                return header.Value;
            }

            position += 12 + (int)length;
        }
    }

    private static ImageHeader ReadJpeg(ReadOnlySpan<byte> file, string name)
    {
        const int StartOfScan = 0xDA;
        const int EndOfImage = 0xD9;
        ImageHeader? header = null;
        var position = 2;
        while (true)
        {
            var marker = NextMarker(file, ref position);
            if (marker < 0)
            {
                throw Truncated(name, "JPEG");
            }

            if (marker == EndOfImage)
            {
                return header ?? throw new MediaException($"{name}: the JPEG picture has no frame; copy or make it again.");
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue;
            }

            if (file.Length - position < 2)
            {
                throw Truncated(name, "JPEG");
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(file[position..]);
            if (length < 2 || length > file.Length - position)
            {
                throw Truncated(name, "JPEG");
            }

            var isFrame = marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (isFrame && header is null)
            {
                if (length < 8)
                {
                    throw Truncated(name, "JPEG");
                }

                var height = BinaryPrimitives.ReadUInt16BigEndian(file[(position + 3)..]);
                var width = BinaryPrimitives.ReadUInt16BigEndian(file[(position + 5)..]);
                header = new ImageHeader(ImageFormat.Jpeg, height, width);
            }

            position += length;
            if (marker == StartOfScan)
            {
                SkipEntropyCodedData(file, ref position);
            }
        }
    }

    /// <summary>The byte behind the next 0xFF (fill bytes skipped), or -1 at the end of the file or where no marker stands.</summary>
    private static int NextMarker(ReadOnlySpan<byte> file, ref int position)
    {
        if (position >= file.Length || file[position] != 0xFF)
        {
            return -1;
        }

        while (position < file.Length && file[position] == 0xFF)
        {
            position++;
        }

        return position < file.Length ? file[position++] : -1;
    }

    private static void SkipEntropyCodedData(ReadOnlySpan<byte> file, ref int position)
    {
        while (position < file.Length)
        {
            var next = file[position..].IndexOf((byte)0xFF);
            if (next < 0 || position + next + 1 >= file.Length)
            {
                position = file.Length;
                return;
            }

            position += next;
            var follows = file[position + 1];
            var isStuffingOrRestart = follows is 0x00 or (>= 0xD0 and <= 0xD7);
            if (!isStuffingOrRestart)
            {
                return;
            }

            position += 2;
        }
    }

    private static MediaException Truncated(string name, string format) =>
        new($"{name}: the {format} picture is cut short; copy or make it again.");
}
