using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>Quantities of the variants side by side: a row for each variant, a panel for each quantity.</summary>
internal sealed class PanelChart(SweepReport report, string title, string below, IReadOnlyList<ChartPanel> panels)
{
    private const int Top = 112;
    private const int PanelGap = 28;
    private const double ValueWidth = 74;
    private const double Mark = 10;
    private readonly IReadOnlyList<string> _labels = ChartStyle.Labels(report);

    public (int Width, int Height) Size => (ChartStyle.Width, Top + (_labels.Count * ChartStyle.RowHeight) + 40);

    public void Draw(IDrawing drawing)
    {
        ChartStyle.Head(drawing, report, title, below);
        var left = ChartStyle.Margin + ChartStyle.LabelWidth(_labels) + 14;
        var width = (drawing.Width - ChartStyle.Margin - left - (PanelGap * (panels.Count - 1))) / panels.Count;
        for (var row = 0; row < _labels.Count; row++)
        {
            var y = Top + (row * ChartStyle.RowHeight);
            drawing.Rectangle(ChartStyle.Margin, y - 1, drawing.Width - (2 * ChartStyle.Margin), 1, ChartStyle.Line);
            drawing.Text(left - 14, y + 19, _labels[row], ChartStyle.TextSize, ChartStyle.Ink, TextAnchor.Right);
        }

        for (var i = 0; i < panels.Count; i++)
        {
            DrawPanel(drawing, panels[i], left + (i * (width + PanelGap)), width - ValueWidth);
        }
    }

    private void DrawPanel(IDrawing drawing, ChartPanel panel, double left, double room)
    {
        drawing.Text(left, Top - 14, panel.Title, ChartStyle.TextSize, ChartStyle.Ink, bold: true);
        var values = panel.Values.Take(_labels.Count).ToList();
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(1).ToList();
        var (low, high) = panel.IsMarks ? Around(finite.Min(), finite.Max(), panel.Most) : (0, double.IsFinite(panel.Most) ? panel.Most : Math.Max(finite.Max(), double.Epsilon));
        var bottom = Top + (_labels.Count * ChartStyle.RowHeight);
        if (panel.IsMarks)
        {
            drawing.Rectangle(left, Top, 1, bottom - Top, ChartStyle.Line);
            drawing.Rectangle(left + room, Top, 1, bottom - Top, ChartStyle.Line);
            drawing.Text(left, bottom + 18, panel.Format(low), 8, ChartStyle.Faint, TextAnchor.Middle);
            drawing.Text(left + room, bottom + 18, panel.Format(high), 8, ChartStyle.Faint, TextAnchor.Middle);
        }

        for (var row = 0; row < values.Count; row++)
        {
            var y = Top + (row * ChartStyle.RowHeight);
            if (panel.Instead(row) is { } text)
            {
                drawing.Text(left + 8, y + 19, text, ChartStyle.TextSize, ChartStyle.Faint);
                continue;
            }

            if (double.IsNaN(values[row]))
            {
                continue;
            }

            var at = room * Math.Clamp((values[row] - low) / (high - low), 0, 1);
            if (panel.IsMarks)
            {
                drawing.Rectangle(left, y + (ChartStyle.RowHeight / 2) - 1, at, 2, ChartStyle.Line);
                drawing.Rectangle(left + at - (Mark / 2), y + ((ChartStyle.RowHeight - Mark) / 2), Mark, Mark, panel.Colour);
            }
            else if (at > 0)
            {
                drawing.Rectangle(left, y + ((ChartStyle.RowHeight - ChartStyle.BarHeight) / 2), at, ChartStyle.BarHeight, panel.Colour);
            }

            drawing.Text(left + (panel.IsMarks ? room : at) + 10, y + 19, panel.Format(values[row]), ChartStyle.TextSize, ChartStyle.Ink);
        }
    }

    /// <summary>A scale with room on both sides, also around equal values.</summary>
    private static (double Low, double High) Around(double low, double high, double most)
    {
        var pad = Math.Max((high - low) * 0.15, Math.Abs(high) * 0.01);
        return pad > 0 ? (low - pad, Math.Min(high + pad, most)) : (low - 1, high + 1);
    }
}
