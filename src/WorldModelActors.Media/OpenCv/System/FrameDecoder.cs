namespace WorldModelActors.Media;

/// <summary>A video being read by the system's OpenCV (FFmpeg).</summary>
internal sealed unsafe class FrameDecoder : IDisposable
{
    private readonly VideoReaderHandle _handle;

    /// <exception cref="OpenCvException">FFmpeg finds no video in it.</exception>
    public FrameDecoder(string path)
    {
        var status = NativeMethods.wma_video_open(path, out _handle, out var width, out var height, out var fps, out var frames);
        if (status != NativeStatus.Ok)
        {
            var reason = NativeMethods.LastError();
            _handle.Dispose();
            throw new OpenCvException(reason);
        }

        (Height, Width, Fps, FrameCount) = (height, width, fps, frames);
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Frames per second, as the file states them.</summary>
    public double Fps { get; }

    /// <summary>Number of frames, as the file states it.</summary>
    public long FrameCount { get; }

    /// <summary>The next frame; false after the last one.</summary>
    public bool Read(Span<byte> rgb)
    {
        fixed (byte* pixels = rgb)
        {
            var status = NativeMethods.wma_video_read(_handle, pixels, rgb.Length);
            if (status == NativeStatus.Absent)
            {
                return false;
            }

            NativeMethods.Check(status);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
