using OpenCvSharp;

namespace WorldModelActors.Media;

/// <summary>A video being read by OpenCvSharp4 (FFmpeg).</summary>
internal sealed unsafe class FrameDecoder : IDisposable
{
    private const int LongestSide = 16384;
    private readonly VideoCapture _capture;
    private readonly Mat _bgr;

    /// <exception cref="OpenCvException">FFmpeg finds no video in it.</exception>
    public FrameDecoder(string path)
    {
        _capture = OpenCvProcess.Run(() => new VideoCapture());
        if (!OpenCvProcess.Run(() => _capture.Open(path, VideoCaptureAPIs.FFMPEG)))
        {
            _capture.Dispose();
            throw new OpenCvException("FFmpeg finds no video in it");
        }

        (Height, Width) = (_capture.FrameHeight, _capture.FrameWidth);
        if (Width is <= 0 or > LongestSide || Height is <= 0 or > LongestSide)
        {
            _capture.Dispose();
            throw new OpenCvException("the video states an impossible frame size");
        }

        (Fps, FrameCount) = (_capture.Fps, _capture.FrameCount);
        _bgr = new Mat();
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
        OpenCvProcess.RequireLength(rgb.Length, Height, Width, "buffer");
        fixed (byte* pixels = rgb)
        {
            var target = (nint)pixels;
            return OpenCvProcess.Run(() =>
            {
                if (!_capture.Read(_bgr))
                {
                    return false;
                }

                if (_bgr.Cols != Width || _bgr.Rows != Height || _bgr.Type() != MatType.CV_8UC3)
                {
                    throw new OpenCvException("a frame has another size than the video");
                }

                using var picture = Mat.FromPixelData(Height, Width, MatType.CV_8UC3, target);
                Cv2.CvtColor(_bgr, picture, ColorConversionCodes.BGR2RGB);
                return true;
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _capture.Dispose();
        _bgr.Dispose();
    }
}
