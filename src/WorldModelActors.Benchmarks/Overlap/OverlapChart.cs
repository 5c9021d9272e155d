using System.Globalization;
using WorldModelActors.Media;

namespace WorldModelActors.Benchmarks;

/// <summary>Bars of wall time, side by side.</summary>
public static class OverlapChart
{
    private const int Sheet = 900;
    private const int Top = 70;
    private const int BarHeight = 26;
    private const int BarGap = 8;
    private const int CaseGap = 46;
    private const int LabelWidth = 190;
    private const int ValueWidth = 190;
    private static readonly Rgb s_text = Rgb.Of(0x222222);
    private static readonly Rgb s_faint = Rgb.Of(0x777777);
    private static readonly Rgb s_original = Rgb.Of(0xb0b7c3);
    private static readonly Rgb s_pipeline = Rgb.Of(0x2a78d6);

    /// <summary>Size of the sheet that a report needs.</summary>
    public static (int Width, int Height) SizeOf(OverlapReport report) =>
        (Sheet, Top + report.Cases.Sum(c => HeightOf(c)) + 40);

    /// <summary>Draws it.</summary>
    public static void Draw(OverlapReport report, IDrawing drawing)
    {
        drawing.Text(20, 32, "Wall time of the same work: the original loop and the actors", 14, s_text, bold: true);
        drawing.Text(
            20, 54,
            string.Create(CultureInfo.InvariantCulture, $"{report.Machine.Device}, {report.Machine.Cores} cores; {report.Iterations} iterations; medians of {report.Repeats}, each side with its best number of threads"),
            8.5, s_faint);
        double y = Top;
        foreach (var one in report.Cases)
        {
            DrawCase(one, report.Episodes, drawing, y);
            y += HeightOf(one);
        }
        drawing.Text(20, y + 20, "seconds; shorter is better", 8.5, s_faint);
    }

    private static int HeightOf(OverlapCase one) => CaseGap + (Sides(one).Count * (BarHeight + BarGap));

    private static List<string> Sides(OverlapCase one) =>
        [.. new[] { OverlapBenchmark.Original, OverlapBenchmark.Pipeline, OverlapBenchmark.Sequence, OverlapBenchmark.Shared }.Where(s => one.Measurements.Any(m => m.Side == s))];

    private static void DrawCase(OverlapCase one, int episodes, IDrawing drawing, double y)
    {
        drawing.Text(20, y + 24, string.Create(CultureInfo.InvariantCulture, $"{one.ExecuteSteps} executed {(one.ExecuteSteps == 1 ? "frame" : "frames")} an iteration, {one.DdimSteps} denoising steps a call"), 11, s_text, bold: true);
        y += CaseGap - 10;
        var sides = Sides(one);
        var longest = sides.Max(s => one.Best(s).Median);
        foreach (var side in sides)
        {
            var best = one.Best(side);
            var isOriginal = side is OverlapBenchmark.Original or OverlapBenchmark.Sequence;
            var length = (drawing.Width - LabelWidth - ValueWidth) * best.Median / longest;
            drawing.Rectangle(LabelWidth, y, length, BarHeight, isOriginal ? s_original : s_pipeline);
            var name = OverlapText.NameOf(side) + (best.Episodes > 1 ? $", {episodes} ep." : "");
            drawing.Text(LabelWidth - 10, y + (BarHeight / 2) + 5, name, 9.5, s_text, TextAnchor.Right);
            var ratio = side == OverlapBenchmark.Pipeline ? one.Ratio : side == OverlapBenchmark.Shared ? one.SharedRatio : 0;
            var faster = ratio > 0 ? string.Create(CultureInfo.InvariantCulture, $"   {ratio:0.00}x faster") : "";
            drawing.Text(
                LabelWidth + length + 10, y + (BarHeight / 2) + 5, string.Create(CultureInfo.InvariantCulture, $"{best.Median:0.00} s{faster}"), 9.5, s_text, bold: ratio > 0);
            y += BarHeight + BarGap;
        }
    }
}
