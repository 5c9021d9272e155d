namespace WorldModelActors.Media;

/// <summary>
/// Writes a video frame by frame (OpenCV's FFmpeg back end); no more than one frame is held. The frames go to
/// <c>name.part.mp4</c> beside the target, which takes its place on <see cref="Complete"/>. A writer that is disposed
/// without <see cref="Complete"/> (an error, Ctrl-C) still finishes the file with the frames appended so far and moves it
/// to its place, so that nothing is lost; with no frame at all nothing is left behind.
/// </summary>
public sealed class VideoWriter : IDisposable
{
    private readonly string _part;
    private readonly FrameEncoder _encoder;
    private bool _finished;

    private VideoWriter(string path, string part, FrameEncoder encoder, int height, int width)
    {
        FilePath = path;
        _part = part;
        _encoder = encoder;
        Height = height;
        Width = width;
    }

    /// <summary>Where the finished video will be.</summary>
    public string FilePath { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Frames appended so far.</summary>
    public long FrameCount { get; private set; }

    /// <summary>Begins a video; the directory is created if it is missing.</summary>
    /// <param name="path">Target; its extension (.mp4, .mov, .mkv, .avi) chooses the container.</param>
    /// <param name="height">Rows of every frame, even.</param>
    /// <param name="width">Columns of every frame, even.</param>
    /// <param name="fps">Frames per second.</param>
    /// <param name="codec">Four characters, e.g. <c>mp4v</c> (MPEG-4 part 2, everywhere) or <c>avc1</c> (H.264, where FFmpeg has it); see <see cref="VideoCodec"/>.</param>
    /// <exception cref="MediaException">The directory cannot be written to, or the codec or the size is not available.</exception>
    public static VideoWriter Create(string path, int height, int width, double fps, string codec = "mp4v")
    {
        VideoCodec.Require(codec, path);
        if (!double.IsFinite(fps) || fps <= 0 || fps > 1000)
        {
            throw new MediaException($"{path}: {fps} frames per second is no frame rate; use a number above 0 and up to 1000.");
        }

        if (height <= 0 || width <= 0 || height > 16384 || width > 16384 || height % 2 != 0 || width % 2 != 0)
        {
            throw new MediaException($"{path}: a video cannot have frames of {width}x{height} pixels; both sides are even and at most 16384.");
        }

        var full = Path.GetFullPath(path);
        var part = Path.Combine(Path.GetDirectoryName(full)!, Path.GetFileNameWithoutExtension(full) + ".part" + Path.GetExtension(full));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.Create(part).Dispose();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MediaException($"{path}: the video cannot be written ({cause.Message})", cause);
        }

        try
        {
            return new VideoWriter(full, part, new FrameEncoder(part, codec, fps, height, width), height, width);
        }
        catch (OpenCvException cause)
        {
            File.Delete(part);
            throw new MediaException($"{path}: a {width}x{height} video with codec '{codec}' cannot be written ({cause.Message}); try codec mp4v.", cause);
        }
    }

    /// <summary>Appends one frame of the video's size.</summary>
    /// <exception cref="MediaException">The frame has another size.</exception>
    public void Append(Image frame)
    {
        if (frame.Height != Height || frame.Width != Width)
        {
            throw new MediaException($"{FilePath}: a frame of {frame.Width}x{frame.Height} pixels does not fit a video of {Width}x{Height}.");
        }

        Append(frame.Pixels);
    }

    /// <summary>Appends one frame: RGB [height, width, 3].</summary>
    public void Append(ReadOnlySpan<byte> rgb)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        try
        {
            _encoder.Append(rgb);
        }
        catch (OpenCvException cause)
        {
            throw new MediaException($"{FilePath}: frame {FrameCount} cannot be written ({cause.Message}).", cause);
        }

        FrameCount++;
    }

    /// <summary>
    /// Finishes the file, checks that it holds every frame (the encoder does not report a full disk) and moves it to its
    /// place.
    /// </summary>
    /// <exception cref="MediaException">No frame was appended, or the file is incomplete.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        if (FrameCount == 0)
        {
            throw new MediaException($"{FilePath}: a video needs at least one frame.");
        }

        Finish();
        long written;
        try
        {
            using var reader = VideoReader.Open(_part);
            written = reader.FrameCount;
        }
        catch (MediaException cause)
        {
            throw new MediaException($"{FilePath}: the video could not be finished; is the disk full? What was written is in {_part}.", cause);
        }

        if (written != FrameCount)
        {
            throw new MediaException($"{FilePath}: only {written} of {FrameCount} frames were written; is the disk full? They are in {_part}.");
        }

        Publish();
    }

    /// <summary>Finishes the file with the frames that it has; see the remarks of the class.</summary>
    public void Dispose()
    {
        if (_finished)
        {
            return;
        }

        Finish();
        if (FrameCount == 0)
        {
            File.Delete(_part);
        }
        else
        {
            Publish();
        }
    }

    private void Finish()
    {
        _finished = true;
        _encoder.Dispose();
    }

    private void Publish()
    {
        try
        {
            File.Move(_part, FilePath, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"{FilePath}: the finished video cannot be put in place ({cause.Message}); it is in {_part}.", cause);
        }
    }
}
