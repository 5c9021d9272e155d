using System.Buffers;

namespace WorldModelActors.Media;

/// <summary>
/// One video frame in a pooled host buffer: float32, planar [3, height, width], values in [-1, 1] (decoded frames may
/// exceed the range; they are clamped only when they are saved). Dispose returns the buffer to the pool.
/// </summary>
public sealed class FrameBuffer : IDisposable
{
    private float[]? _buffer;

    private FrameBuffer(float[] buffer, int height, int width)
    {
        _buffer = buffer;
        Height = height;
        Width = width;
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Number of values: 3 * height * width.</summary>
    public int Length => Image.Channels * Height * Width;

    /// <summary>The values [3, height, width].</summary>
    /// <exception cref="ObjectDisposedException">The buffer is back in the pool.</exception>
    public Span<float> Values
    {
        get
        {
            var buffer = _buffer;
            ObjectDisposedException.ThrowIf(buffer is null, this);
            return buffer.AsSpan(0, Length);
        }
    }

    /// <summary>A frame with undefined content.</summary>
    /// <exception cref="MediaException">The size is not positive or above <see cref="ImageHeader.MaximumPixels"/>.</exception>
    public static FrameBuffer Rent(int height, int width)
    {
        if (height <= 0 || width <= 0 || (long)height * width > ImageHeader.MaximumPixels)
        {
            throw new MediaException($"A frame of {width}x{height} pixels cannot be made; sizes are positive and at most {ImageHeader.MaximumPixels >> 20} megapixels.");
        }

        return new FrameBuffer(ArrayPool<float>.Shared.Rent(Image.Channels * height * width), height, width);
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null);
        if (buffer is not null)
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }
}
