namespace WorldModelActors.Media;

/// <summary>Reads and writes PNG and JPEG pictures (OpenCV).</summary>
public static class ImageCodec
{
    private const long MaximumFileLength = 512L << 20;

    /// <summary>Reads the picture in the file <paramref name="path"/>.</summary>
    /// <exception cref="MediaException">The file is missing, unreadable, truncated, damaged or absurdly large.</exception>
    public static Image Load(string path)
    {
        byte[] file;
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists)
            {
                throw new MediaException($"{path}: no such picture.");
            }

            if (info.Length > MaximumFileLength)
            {
                throw new MediaException($"{path}: the file has {info.Length} bytes; a picture is at most {MaximumFileLength >> 20} MiB.");
            }

            file = File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MediaException($"{path}: the picture cannot be read ({cause.Message})", cause);
        }

        return Decode(file, path);
    }

    /// <summary>
    /// Decodes a PNG or JPEG file to RGB. Grey and palette pictures become RGB, 16-bit ones 8-bit; transparency is
    /// dropped and the camera's orientation tag ignored, as the reference does.
    /// </summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What the user calls it, for error messages.</param>
    /// <exception cref="MediaException">Unknown format, truncated, damaged or absurdly large.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, string name)
    {
        var header = ImageHeader.Read(file, name);
        var image = Image.Rent(header.Height, header.Width);
        try
        {
            OpenCv.Decode(file, header.Height, header.Width, image.Pixels);
            return image;
        }
        catch (OpenCvException cause)
        {
            image.Dispose();
            throw new MediaException($"{name}: the picture cannot be decoded ({cause.Message}); copy or make it again.", cause);
        }
    }

    /// <summary>The picture as a PNG file.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="compression">0 (fast) to 9 (small).</param>
    public static byte[] EncodePng(Image image, int compression = 6)
    {
        try
        {
            return OpenCv.EncodePng(image.Pixels, image.Height, image.Width, Math.Clamp(compression, 0, 9));
        }
        catch (OpenCvException cause)
        {
            throw Refused(image, cause);
        }
    }

    /// <summary>The picture as a JPEG file.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">1 to 100.</param>
    public static byte[] EncodeJpeg(Image image, int quality = 90)
    {
        try
        {
            return OpenCv.EncodeJpeg(image.Pixels, image.Height, image.Width, Math.Clamp(quality, 1, 100));
        }
        catch (OpenCvException cause)
        {
            throw Refused(image, cause);
        }
    }

    /// <summary>Writes a PNG file; whoever looks at the path sees the old file or the complete new one.</summary>
    /// <exception cref="MediaException">The file cannot be written.</exception>
    public static void SavePng(Image image, string path)
    {
        var file = EncodePng(image);
        try
        {
            var full = Path.GetFullPath(path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            var part = full + ".part";
            File.WriteAllBytes(part, file);
            File.Move(part, full, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MediaException($"{path}: the picture cannot be written ({cause.Message})", cause);
        }
    }

    private static MediaException Refused(Image image, OpenCvException cause) =>
        new($"The {image.Width}x{image.Height} picture cannot be encoded ({cause.Message}).", cause);
}
