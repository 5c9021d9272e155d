using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>Seconds of an iteration by phase, stacked.</summary>
internal sealed class PhaseChart(SweepReport report)
{
    private const int Top = 112;
    private const double ValueWidth = 84;

    /// <summary>Colours by phase, as in the traces.</summary>
    private static readonly Rgb[] s_colours = [Rgb.Of(0x8f9aa8), Rgb.Of(0x2a78d6), Rgb.Of(0x1b9e8a), Rgb.Of(0xe07b39), Rgb.Of(0x7a5cc7)];

    private readonly IReadOnlyList<string> _labels = ChartStyle.Labels(report);

    public (int Width, int Height) Size => (ChartStyle.Width, Top + (_labels.Count * ChartStyle.RowHeight) + 24);

    public void Draw(IDrawing drawing)
    {
        ChartStyle.Head(drawing, report, "Seconds of an iteration, by phase", "sums over completed episodes by their iterations; phases overlap, so an iteration takes less than their sum");
        var left = ChartStyle.Margin + ChartStyle.LabelWidth(_labels) + 14;
        var x = left;
        for (var i = 0; i < ReportVariant.Phases.Count; i++)
        {
            drawing.Rectangle(x, Top - 28, 12, 12, s_colours[i]);
            drawing.Text(x + 18, Top - 18, NameOf(ReportVariant.Phases[i]), ChartStyle.TextSize, ChartStyle.Ink);
            x += 128;
        }

        var sums = report.Variants.Take(_labels.Count).Select(variant => variant.PhaseSeconds.Values.Where(double.IsFinite).Sum()).ToList();
        var longest = Math.Max(sums.Max(), double.Epsilon);
        var room = drawing.Width - ChartStyle.Margin - left - ValueWidth;
        for (var row = 0; row < _labels.Count; row++)
        {
            double y = Top + (row * ChartStyle.RowHeight);
            drawing.Rectangle(ChartStyle.Margin, y - 1, drawing.Width - (2 * ChartStyle.Margin), 1, ChartStyle.Line);
            drawing.Text(left - 14, y + 19, _labels[row], ChartStyle.TextSize, ChartStyle.Ink, TextAnchor.Right);
            if (report.Variants[row].Completed == 0)
            {
                continue;
            }

            var at = left;
            for (var i = 0; i < ReportVariant.Phases.Count; i++)
            {
                var length = room * report.Variants[row].PhaseSeconds[ReportVariant.Phases[i]] / longest;
                if (length > 0.5)
                {
                    drawing.Rectangle(at, y + ((ChartStyle.RowHeight - ChartStyle.BarHeight) / 2), length, ChartStyle.BarHeight, s_colours[i]);
                }

                at += length;
            }

            drawing.Text(at + 10, y + 19, ReportText.Digits(sums[row]) + " s", ChartStyle.TextSize, ChartStyle.Ink);
        }
    }

    private static string NameOf(string phase) => phase == "world" ? "world model" : phase;
}
