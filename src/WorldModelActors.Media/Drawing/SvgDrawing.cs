using System.Globalization;
using System.Net;
using System.Text;

namespace WorldModelActors.Media;

/// <summary>A drawing as SVG.</summary>
public sealed class SvgDrawing(int width, int height) : IDrawing
{
    /// <summary>Capitals are this part of the font size of common fonts.</summary>
    private const double CapitalHeight = 0.72;

    private readonly StringBuilder _elements = new();

    public int Width => width;

    public int Height => height;

    /// <inheritdoc/>
    public void Rectangle(double x, double y, double width, double height, Rgb colour) => _elements.AppendLine(
        CultureInfo.InvariantCulture, $"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" fill=\"{colour}\"/>");

    /// <inheritdoc/>
    public void Text(double x, double y, string text, double size, Rgb colour, TextAnchor anchor = TextAnchor.Left, bool bold = false)
    {
        var side = anchor switch { TextAnchor.Left => "start", TextAnchor.Middle => "middle", _ => "end" };
        var weight = bold ? " font-weight=\"bold\"" : "";
        _elements.AppendLine(
            CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.##}\" y=\"{y:0.##}\" font-size=\"{size / CapitalHeight:0.##}\" text-anchor=\"{side}\" fill=\"{colour}\"{weight}>{WebUtility.HtmlEncode(text)}</text>");
    }

    /// <summary>The drawing as text.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{_elements}</svg>\n");

    /// <summary>Writes the file.</summary>
    /// <exception cref="MediaException">It cannot be written.</exception>
    public void Save(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, ToString());
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MediaException($"{path}: the drawing cannot be written ({cause.Message})", cause);
        }
    }
}
