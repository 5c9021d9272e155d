namespace WorldModelActors.Media;

/// <summary>A drawing in pixels, for PNG files.</summary>
public sealed class PngDrawing : IDrawing, IDisposable
{
    private readonly Image _image;

    public PngDrawing(int width, int height)
    {
        _image = Image.Rent(height, width);
        _image.Pixels.Fill(255);
    }

    public int Width => _image.Width;

    public int Height => _image.Height;

    /// <summary>The picture so far; it stays the drawing's.</summary>
    public Image Picture => _image;

    /// <inheritdoc/>
    public void Rectangle(double x, double y, double width, double height, Rgb colour)
    {
        // Thin things stay visible: a rectangle covers at least one pixel each way.
        int left = Inside(x, Width), top = Inside(y, Height);
        int right = Inside(Math.Max(x + width, Math.Floor(x) + 1), Width), bottom = Inside(Math.Max(y + height, Math.Floor(y) + 1), Height);
        var pixels = _image.Pixels;
        for (var row = top; row < bottom; row++)
        {
            for (var at = ((row * Width) + left) * Image.Channels; at < ((row * Width) + right) * Image.Channels; at += Image.Channels)
            {
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (colour.Red, colour.Green, colour.Blue);
            }
        }
    }

    /// <inheritdoc/>
    public void Text(double x, double y, string text, double size, Rgb colour, TextAnchor anchor = TextAnchor.Left, bool bold = false)
    {
        if (text.Length == 0)
        {
            // OpenCvSharp takes no empty one.
            return;
        }

        var shown = string.Concat(text.Select(c => char.IsAscii(c) ? c : '?'));
        try
        {
            var width = OpenCv.TextWidth(shown, size, bold);
            var left = x - (anchor switch { TextAnchor.Left => 0, TextAnchor.Middle => width / 2.0, _ => width });
            OpenCv.DrawText(_image.Pixels, Height, Width, shown, (int)Math.Round(left), (int)Math.Round(y), size, bold, colour);
        }
        catch (OpenCvException cause)
        {
            throw new MediaException($"Text cannot be drawn ({cause.Message}).", cause);
        }
    }

    /// <summary>Writes the PNG file.</summary>
    /// <exception cref="MediaException">It cannot be written.</exception>
    public void Save(string path) => ImageCodec.SavePng(_image, path);

    public void Dispose() => _image.Dispose();

    private static int Inside(double value, int limit) => (int)Math.Clamp(Math.Round(value), 0, limit);
}
