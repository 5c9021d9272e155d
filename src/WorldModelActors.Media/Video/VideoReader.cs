namespace WorldModelActors.Media;

/// <summary>Reads a video frame by frame (OpenCV's FFmpeg back end).</summary>
public sealed class VideoReader : IDisposable
{
    private readonly string _path;
    private readonly VideoReaderHandle _handle;

    private VideoReader(string path, VideoReaderHandle handle, int height, int width, double fps, long frameCount)
    {
        _path = path;
        _handle = handle;
        Height = height;
        Width = width;
        Fps = fps;
        FrameCount = frameCount;
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Frames per second, as the file states them.</summary>
    public double Fps { get; }

    /// <summary>Number of frames, as the file states it.</summary>
    public long FrameCount { get; }

    /// <exception cref="MediaException">The file is missing or holds no readable video.</exception>
    public static VideoReader Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new MediaException($"{path}: no such video.");
        }

        // An absolute path cannot be mistaken for one of FFmpeg's protocols (http:, concat:, ...).
        if (NativeMethods.wma_video_open(Path.GetFullPath(path), out var handle, out var width, out var height, out var fps, out var frames) != NativeStatus.Ok)
        {
            var reason = NativeMethods.LastError();
            handle.Dispose();
            throw new MediaException($"{path}: the video cannot be read ({reason}).");
        }

        return new VideoReader(path, handle, height, width, fps, frames);
    }

    /// <summary>The next frame, or null after the last one. The picture belongs to the caller.</summary>
    /// <exception cref="MediaException">The video is damaged.</exception>
    public unsafe Image? Read()
    {
        var frame = Image.Rent(Height, Width);
        NativeStatus status;
        fixed (byte* pixels = frame.Pixels)
        {
            status = NativeMethods.wma_video_read(_handle, pixels, frame.Length);
        }

        if (status == NativeStatus.Ok)
        {
            return frame;
        }

        frame.Dispose();
        return status == NativeStatus.Absent ? null : throw new MediaException($"{_path}: the video is damaged ({NativeMethods.LastError()}).");
    }

    public void Dispose() => _handle.Dispose();
}
