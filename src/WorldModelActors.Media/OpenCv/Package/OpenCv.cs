using OpenCvSharp;

namespace WorldModelActors.Media;

/// <summary>Pictures and text by OpenCvSharp4. Pictures are RGB, row by row.</summary>
internal static unsafe class OpenCv
{
    private const HersheyFonts Font = HersheyFonts.HersheySimplex;

    /// <summary>Decodes a PNG or JPEG file of the size that its header states.</summary>
    public static void Decode(ReadOnlySpan<byte> file, int height, int width, Span<byte> rgb)
    {
        fixed (byte* bytes = file)
        fixed (byte* pixels = rgb)
        {
            nint source = (nint)bytes, target = (nint)pixels;
            var length = file.Length;
            OpenCvProcess.Run(() =>
            {
                using var encoded = Mat.FromPixelData(1, length, MatType.CV_8UC1, source);
                using var bgr = Cv2.ImDecode(encoded, ImreadModes.Color | ImreadModes.IgnoreOrientation);
                if (bgr.Empty())
                {
                    throw new OpenCvException("the picture data is damaged");
                }

                if (bgr.Cols != width || bgr.Rows != height || bgr.Type() != MatType.CV_8UC3)
                {
                    throw new OpenCvException("the decoded size differs from the header's");
                }

                using var picture = Mat.FromPixelData(height, width, MatType.CV_8UC3, target);
                Cv2.CvtColor(bgr, picture, ColorConversionCodes.BGR2RGB);
                return true;
            });
        }
    }

    /// <summary>A PNG file; compression 0 to 9.</summary>
    public static byte[] EncodePng(ReadOnlySpan<byte> rgb, int height, int width, int compression) =>
        Encode(".png", new ImageEncodingParam(ImwriteFlags.PngCompression, compression), rgb, height, width);

    /// <summary>A JPEG file; quality 1 to 100.</summary>
    public static byte[] EncodeJpeg(ReadOnlySpan<byte> rgb, int height, int width, int quality) =>
        Encode(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, quality), rgb, height, width);

    /// <summary>Writes ASCII text whose baseline begins at (x, y); size is the height of a capital.</summary>
    public static void DrawText(Span<byte> rgb, int height, int width, string text, int x, int y, double size, bool bold, Rgb colour)
    {
        fixed (byte* pixels = rgb)
        {
            var target = (nint)pixels;
            OpenCvProcess.Run(() =>
            {
                using var picture = Mat.FromPixelData(height, width, MatType.CV_8UC3, target);
                var (red, green, blue) = (colour.Red, colour.Green, colour.Blue);
                Cv2.PutText(picture, text, new Point(x, y), Font, Scale(size), new Scalar(red, green, blue), Thickness(size, bold), LineTypes.AntiAlias);
                return true;
            });
        }
    }

    /// <summary>Width of a text in pixels.</summary>
    public static int TextWidth(string text, double size, bool bold) =>
        OpenCvProcess.Run(() => Cv2.GetTextSize(text, Font, Scale(size), Thickness(size, bold), out _).Width);

    private static byte[] Encode(string extension, ImageEncodingParam setting, ReadOnlySpan<byte> rgb, int height, int width)
    {
        fixed (byte* pixels = rgb)
        {
            var source = (nint)pixels;
            return OpenCvProcess.Run(() =>
            {
                using var picture = Mat.FromPixelData(height, width, MatType.CV_8UC3, source);
                using var bgr = new Mat();
                Cv2.CvtColor(picture, bgr, ColorConversionCodes.RGB2BGR);
                Cv2.ImEncode(extension, bgr, out var file, setting);
                return file.Length > 0 ? file : throw new OpenCvException("the encoder refused the picture");
            });
        }
    }

    // The font's capitals are 21 units high at scale 1.
    private static double Scale(double height) => height / 21.0;

    private static int Thickness(double height, bool bold) => Math.Max(1, (int)Math.Round(height / (bold ? 7.0 : 14.0), MidpointRounding.AwayFromZero));
}
