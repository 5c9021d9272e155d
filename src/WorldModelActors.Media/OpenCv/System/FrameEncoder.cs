namespace WorldModelActors.Media;

/// <summary>A video being written by the system's OpenCV (FFmpeg); disposing it finishes the file.</summary>
internal sealed unsafe class FrameEncoder : IDisposable
{
    private readonly VideoWriterHandle _handle;

    /// <exception cref="OpenCvException">No encoder for this codec, container and size.</exception>
    public FrameEncoder(string path, string codec, double fps, int height, int width)
    {
        var status = NativeMethods.wma_video_create(path, codec, fps, width, height, out _handle);
        if (status != NativeStatus.Ok)
        {
            // The reason is the last call's: to be taken before the handle is released.
            var reason = NativeMethods.LastError();
            _handle.Dispose();
            throw new OpenCvException(reason);
        }
    }

    /// <summary>Appends one frame of the video's size.</summary>
    public void Append(ReadOnlySpan<byte> rgb)
    {
        fixed (byte* pixels = rgb)
        {
            NativeMethods.Check(NativeMethods.wma_video_append(_handle, pixels, rgb.Length));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
