namespace WorldModelActors.Media;

/// <summary>Decoded frames (float32 around [-1, 1]) to 8-bit pictures, as the reference saves them.</summary>
public static class VideoFrames
{
    /// <summary>
    /// Clamp to [-1, 1], then <c>(v + 1) / 2 * 255</c> in float32, truncated (not rounded). Not-a-number becomes 0.
    /// </summary>
    public static byte ToUInt8(float value) => (byte)((Math.Clamp(value, -1f, 1f) + 1f) / 2f * 255f);

    /// <summary>Element by element; both spans have one length.</summary>
    public static void ToUInt8(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        if (values.Length != bytes.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill {bytes.Length} bytes.", nameof(bytes));
        }

        for (var i = 0; i < values.Length; i++)
        {
            bytes[i] = ToUInt8(values[i]);
        }
    }

    /// <summary>One planar frame [3, height, width] as a picture.</summary>
    public static Image ToImage(ReadOnlySpan<float> frame, int height, int width) => ToImage(frame, 1, height, width, 0);

    /// <summary>One frame as a picture.</summary>
    public static Image ToImage(FrameBuffer frame) => ToImage(frame.Values, frame.Height, frame.Width);

    /// <summary>Frame <paramref name="index"/> of a video [3, frames, height, width] as a picture.</summary>
    public static Image ToImage(ReadOnlySpan<float> video, int frames, int height, int width, int index)
    {
        if (video.Length != (long)Image.Channels * frames * height * width)
        {
            throw new ArgumentException($"{video.Length} values are no video [3, {frames}, {height}, {width}].", nameof(video));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, frames);
        var image = Image.Rent(height, width);
        var area = height * width;
        var red = video.Slice(index * area, area);
        var green = video.Slice((frames + index) * area, area);
        var blue = video.Slice(((2 * frames) + index) * area, area);
        var pixels = image.Pixels;
        for (int i = 0, at = 0; i < area; i++, at += Image.Channels)
        {
            pixels[at] = ToUInt8(red[i]);
            pixels[at + 1] = ToUInt8(green[i]);
            pixels[at + 2] = ToUInt8(blue[i]);
        }

        return image;
    }
}
