using System.Buffers;

namespace WorldModelActors.Media;

/// <summary>
/// A picture in a pooled host buffer: 8-bit RGB, [height, width, 3] row-major without row padding. Dispose returns the
/// buffer to the pool; the owner is whoever received the picture. Sizes are given as (height, width), as in tensor shapes.
/// </summary>
public sealed class Image : IDisposable
{
    /// <summary>Red, green, blue.</summary>
    public const int Channels = 3;

    private static long s_live;

    private byte[]? _buffer;

    private Image(byte[] buffer, int height, int width)
    {
        _buffer = buffer;
        Height = height;
        Width = width;
        Interlocked.Increment(ref s_live);
    }

    /// <summary>Pictures whose buffers are not back in the pool.</summary>
    public static long LiveImages => Interlocked.Read(ref s_live);

    public int Height { get; }

    public int Width { get; }

    /// <summary>Bytes of the picture: height * width * 3.</summary>
    public int Length => Height * Width * Channels;

    /// <summary>The pixels [height, width, 3].</summary>
    /// <exception cref="ObjectDisposedException">The buffer is back in the pool.</exception>
    public Span<byte> Pixels
    {
        get
        {
            var buffer = _buffer;
            ObjectDisposedException.ThrowIf(buffer is null, this);
            return buffer.AsSpan(0, Length);
        }
    }

    /// <summary>A picture with undefined content.</summary>
    /// <exception cref="MediaException">The size is not positive or above <see cref="ImageHeader.MaximumPixels"/>.</exception>
    public static Image Rent(int height, int width)
    {
        if (height <= 0 || width <= 0 || (long)height * width > ImageHeader.MaximumPixels)
        {
            throw new MediaException($"A picture of {width}x{height} pixels cannot be made; sizes are positive and at most {ImageHeader.MaximumPixels >> 20} megapixels.");
        }

        return new Image(ArrayPool<byte>.Shared.Rent(height * width * Channels), height, width);
    }

    /// <summary>A picture with a copy of <paramref name="pixels"/> [height, width, 3].</summary>
    public static Image Copy(ReadOnlySpan<byte> pixels, int height, int width)
    {
        var image = Rent(height, width);
        if (pixels.Length != image.Length)
        {
            image.Dispose();
            throw new ArgumentException($"{pixels.Length} bytes are no {width}x{height} RGB picture.", nameof(pixels));
        }

        pixels.CopyTo(image.Pixels);
        return image;
    }

    /// <summary>Reads a PNG or JPEG file; see <see cref="ImageCodec.Decode"/>.</summary>
    /// <exception cref="MediaException">The file is missing, unreadable, truncated, damaged or absurdly large.</exception>
    public static Image Load(string path) => ImageCodec.Load(path);

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null);
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Interlocked.Decrement(ref s_live);
        }
    }
}
