using OpenCvSharp;

namespace WorldModelActors.Media;

/// <summary>A video being written by OpenCvSharp4 (FFmpeg); disposing it finishes the file.</summary>
internal sealed unsafe class FrameEncoder : IDisposable
{
    private readonly OpenCvSharp.VideoWriter _writer;
    private readonly Mat _bgr;
    private readonly int _height;
    private readonly int _width;

    /// <exception cref="OpenCvException">No encoder for this codec, container and size.</exception>
    public FrameEncoder(string path, string codec, double fps, int height, int width)
    {
        (_height, _width) = (height, width);
        _writer = OpenCvProcess.Run(() => new OpenCvSharp.VideoWriter());
        var opened = OpenCvProcess.Run(() =>
            _writer.Open(path, VideoCaptureAPIs.FFMPEG, FourCC.FromString(codec), fps, new Size(width, height), isColor: true) && _writer.IsOpened());
        if (!opened)
        {
            _writer.Dispose();
            throw new OpenCvException("FFmpeg has no encoder for this codec, container and size");
        }

        _bgr = new Mat();
    }

    /// <summary>Appends one frame of the video's size.</summary>
    public void Append(ReadOnlySpan<byte> rgb)
    {
        OpenCvProcess.RequireLength(rgb.Length, _height, _width, "frame");
        fixed (byte* pixels = rgb)
        {
            var source = (nint)pixels;
            OpenCvProcess.Run(() =>
            {
                using var picture = Mat.FromPixelData(_height, _width, MatType.CV_8UC3, source);
                Cv2.CvtColor(picture, _bgr, ColorConversionCodes.RGB2BGR);
                _writer.Write(_bgr);
                return true;
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _bgr.Dispose();
    }
}
