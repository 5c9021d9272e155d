namespace WorldModelActors.Media;

/// <summary>Reads a video frame by frame (OpenCV's FFmpeg back end).</summary>
public sealed class VideoReader : IDisposable
{
    private readonly string _path;
    private readonly FrameDecoder _decoder;

    private VideoReader(string path, FrameDecoder decoder)
    {
        _path = path;
        _decoder = decoder;
    }

    public int Height => _decoder.Height;

    public int Width => _decoder.Width;

    /// <summary>Frames per second, as the file states them.</summary>
    public double Fps => _decoder.Fps;

    /// <summary>Number of frames, as the file states it.</summary>
    public long FrameCount => _decoder.FrameCount;

    /// <exception cref="MediaException">The file is missing or holds no readable video.</exception>
    public static VideoReader Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new MediaException($"{path}: no such video.");
        }

        try
        {
            // An absolute path cannot be mistaken for one of FFmpeg's protocols (http:, concat:, ...).
            return new VideoReader(path, new FrameDecoder(Path.GetFullPath(path)));
        }
        catch (OpenCvException cause)
        {
            throw new MediaException($"{path}: the video cannot be read ({cause.Message}).", cause);
        }
    }

    /// <summary>The next frame, or null after the last one. The picture belongs to the caller.</summary>
    /// <exception cref="MediaException">The video is damaged.</exception>
    public Image? Read()
    {
        var frame = Image.Rent(Height, Width);
        try
        {
            if (_decoder.Read(frame.Pixels))
            {
                return frame;
            }
        }
        catch (OpenCvException cause)
        {
            frame.Dispose();
            throw new MediaException($"{_path}: the video is damaged ({cause.Message}).", cause);
        }

        frame.Dispose();
        return null;
    }

    public void Dispose() => _decoder.Dispose();
}
