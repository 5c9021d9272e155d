namespace WorldModelActors.Media;

/// <summary>Which point of a text is given.</summary>
public enum TextAnchor
{
    Left,
    Middle,
    Right,
}

/// <summary>A white sheet that charts are drawn on; x grows to the right, y downwards, in pixels.</summary>
public interface IDrawing
{
    int Width { get; }

    int Height { get; }

    /// <summary>A filled rectangle; what lies outside of the sheet is cut off.</summary>
    void Rectangle(double x, double y, double width, double height, Rgb colour);

    /// <summary>A line of text; <paramref name="y"/> is its baseline.</summary>
    /// <param name="x">Where <paramref name="anchor"/> lies.</param>
    /// <param name="y">The baseline.</param>
    /// <param name="text">ASCII; other characters are replaced.</param>
    /// <param name="size">Height of a capital.</param>
    /// <param name="colour">Its colour.</param>
    /// <param name="anchor">Which point is given.</param>
    /// <param name="bold">Heavier strokes.</param>
    void Text(double x, double y, string text, double size, Rgb colour, TextAnchor anchor = TextAnchor.Left, bool bold = false);
}
