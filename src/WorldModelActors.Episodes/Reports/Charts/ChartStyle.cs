using System.Globalization;
using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>What the charts of a report have in common: a title, a line below it, and one row for each variant.</summary>
internal static class ChartStyle
{
    /// <summary>Most variants of a chart; the tables have all.</summary>
    public const int MostRows = 40;

    public const int Width = 1040;
    public const int Margin = 24;
    public const int RowHeight = 30;
    public const int BarHeight = 18;
    public const double TextSize = 9;
    private const int LongestLabel = 42;
    private const double CharacterWidth = 8.3;

    public static Rgb Ink { get; } = Rgb.Of(0x222222);

    public static Rgb Faint { get; } = Rgb.Of(0x777777);

    public static Rgb Line { get; } = Rgb.Of(0xe3e6ea);

    public static Rgb Blue { get; } = Rgb.Of(0x2a78d6);

    public static Rgb Teal { get; } = Rgb.Of(0x1b9e8a);

    public static Rgb Orange { get; } = Rgb.Of(0xe07b39);

    public static Rgb Violet { get; } = Rgb.Of(0x7a5cc7);

    /// <summary>Names beside the rows.</summary>
    public static IReadOnlyList<string> Labels(SweepReport report) => [.. report.Variants.Take(MostRows).Select(variant => variant.Name.Length > LongestLabel ? variant.Name[..(LongestLabel - 3)] + "..." : variant.Name)];

    /// <summary>Room for the longest name.</summary>
    public static double LabelWidth(IReadOnlyList<string> labels) => Math.Max(70, labels.Max(label => label.Length) * CharacterWidth);

    /// <summary>Draws the head.</summary>
    public static void Head(IDrawing drawing, SweepReport report, string title, string below)
    {
        var left = report.Variants.Count > MostRows ? string.Create(CultureInfo.InvariantCulture, $"; the first {MostRows} of {report.Variants.Count} variants") : "";
        drawing.Text(Margin, 34, title, 13, Ink, bold: true);
        drawing.Text(Margin, 58, below + left, 8.5, Faint);
    }
}
