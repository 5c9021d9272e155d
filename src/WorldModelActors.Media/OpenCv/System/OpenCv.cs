namespace WorldModelActors.Media;

/// <summary>Pictures and text by the system's OpenCV, behind the C functions of <c>native/wma_media.h</c>. Pictures are RGB, row by row.</summary>
internal static unsafe class OpenCv
{
    /// <summary>Decodes a PNG or JPEG file of the size that its header states.</summary>
    public static void Decode(ReadOnlySpan<byte> file, int height, int width, Span<byte> rgb)
    {
        fixed (byte* bytes = file)
        fixed (byte* pixels = rgb)
        {
            NativeMethods.Check(NativeMethods.wma_image_decode(bytes, file.Length, width, height, pixels));
        }
    }

    /// <summary>A PNG file; compression 0 to 9.</summary>
    public static byte[] EncodePng(ReadOnlySpan<byte> rgb, int height, int width, int compression)
    {
        fixed (byte* pixels = rgb)
        {
            NativeMethods.Check(NativeMethods.wma_image_encode_png(pixels, width, height, compression, out var file, out var length));
            return NativeMethods.Take(file, length);
        }
    }

    /// <summary>A JPEG file; quality 1 to 100.</summary>
    public static byte[] EncodeJpeg(ReadOnlySpan<byte> rgb, int height, int width, int quality)
    {
        fixed (byte* pixels = rgb)
        {
            NativeMethods.Check(NativeMethods.wma_image_encode_jpeg(pixels, width, height, quality, out var file, out var length));
            return NativeMethods.Take(file, length);
        }
    }

    /// <summary>Writes ASCII text whose baseline begins at (x, y); size is the height of a capital.</summary>
    public static void DrawText(Span<byte> rgb, int height, int width, string text, int x, int y, double size, bool bold, Rgb colour)
    {
        fixed (byte* pixels = rgb)
        {
            NativeMethods.Check(NativeMethods.wma_image_text(pixels, width, height, text, x, y, size, bold ? 1 : 0, colour.Red, colour.Green, colour.Blue));
        }
    }

    /// <summary>Width of a text in pixels.</summary>
    public static int TextWidth(string text, double size, bool bold)
    {
        NativeMethods.Check(NativeMethods.wma_image_text_width(text, size, bold ? 1 : 0, out var width));
        return width;
    }
}
