using System.Globalization;
using WorldModelActors.Media;
using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry;

/// <summary>A picture of what the lanes did: a row for each lane, time to the right, one colour for each kind of work.</summary>
public static class TracePicture
{
    private const int LabelWidth = 120;
    private const int Right = 24;
    private const int Top = 64;
    private const int RowHeight = 34;
    private const int BarHeight = 24;
    private static readonly Rgb s_text = Rgb.Of(0x222222);
    private static readonly Rgb s_faint = Rgb.Of(0x777777);
    private static readonly Rgb s_row = Rgb.Of(0xf3f4f6);
    private static readonly Rgb s_grid = Rgb.Of(0xd9dce1);

    private static readonly (string Name, Rgb Colour)[] s_colours =
    [
        ("denoise, policy call", Rgb.Of(0x8ab6e8)),
        ("denoise, world-model call", Rgb.Of(0x1f5fad)),
        ("denoise, both in one batch", Rgb.Of(0x17a2b8)),
        ("condition", Rgb.Of(0x8e6fc1)),
        ("embed", Rgb.Of(0x3a9d5d)),
        ("decode, next observation waits", Rgb.Of(0xd9480f)),
        ("decode, for the video only", Rgb.Of(0xf2a65a)),
        ("write", Rgb.Of(0x6b7280)),
    ];

    /// <summary>Size of the sheet for spans.</summary>
    public static (int Width, int Height) SizeOf(IReadOnlyList<LaneSpan> spans) => (1200, Top + (RowsOf(spans).Count * RowHeight) + 78);

    /// <summary>Draws what happened between two timestamps.</summary>
    /// <param name="drawing">On this.</param>
    /// <param name="title">Over it.</param>
    /// <param name="spans">What happened.</param>
    /// <param name="from">Timestamp of the left edge.</param>
    /// <param name="until">Timestamp of the right edge.</param>
    /// <param name="frequency">Timestamps in a second.</param>
    public static void Draw(IDrawing drawing, string title, IReadOnlyList<LaneSpan> spans, long from, long until, long frequency)
    {
        var rows = RowsOf(spans);
        var scale = (double)(drawing.Width - LabelWidth - Right) / Math.Max(1, until - from);
        double X(long at) => LabelWidth + ((at - from) * scale);
        var bottom = Top + (rows.Count * RowHeight);
        drawing.Text(16, 28, title, 13, s_text, bold: true);
        for (var i = 0; i < rows.Count; i++)
        {
            drawing.Rectangle(LabelWidth, Top + (i * RowHeight) + 4, drawing.Width - LabelWidth - Right, BarHeight + 2, s_row);
            drawing.Text(LabelWidth - 10, Top + (i * RowHeight) + 22, $"{rows[i].Device} {rows[i].Lane.NameOf()}", 9.5, s_text, TextAnchor.Right);
        }
        DrawAxis(drawing, from, until, frequency, bottom, X);
        var shown = spans.Where(s => s.End > from && s.Start < until).ToList();
        foreach (var span in shown)
        {
            var row = rows.IndexOf((LaneNames.DeviceName(span.Device), span.Lane));
            var (left, right) = (X(Math.Max(span.Start, from)), X(Math.Min(span.End, until)));
            // A gap of light between neighbours.
            drawing.Rectangle(left, Top + (row * RowHeight) + 5, Math.Max(1, right - left - 1), BarHeight, s_colours[KindOf(span)].Colour);
        }
        DrawLegend(drawing, shown, bottom + 42);
    }

    private static List<(string Device, Lane Lane)> RowsOf(IReadOnlyList<LaneSpan> spans) =>
        [.. spans.Select(s => (Device: LaneNames.DeviceName(s.Device), s.Lane)).Distinct().OrderBy(r => r.Device == LaneNames.Host).ThenBy(r => r.Device, StringComparer.Ordinal).ThenBy(r => r.Lane)];

    private static int KindOf(LaneSpan span) => span.Lane switch
    {
        Lane.UNet => span.Subjects.Select(s => s.Phase).Distinct().Count() > 1 ? 2 : span.Subjects is [{ Phase: Sampling.SamplingPhase.World }, ..] ? 1 : 0,
        Lane.Condition => 3,
        Lane.Encode => 4,
        Lane.Decode => span.What.Contains("urgent", StringComparison.Ordinal) ? 5 : 6,
        _ => 7,
    };

    private static void DrawAxis(IDrawing drawing, long from, long until, long frequency, double bottom, Func<long, double> x)
    {
        var seconds = (double)(until - from) / frequency;
        var step = new[] { 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60 }.FirstOrDefault(s => seconds / s <= 12, 300);
        for (var tick = 0; tick * step <= seconds; tick++)
        {
            var at = x(from + (long)(tick * step * frequency));
            drawing.Rectangle(at, Top - 4, 1, bottom - Top + 8, s_grid);
            drawing.Text(at, bottom + 18, string.Create(CultureInfo.InvariantCulture, $"{tick * step:0.##} s"), 8.5, s_faint, TextAnchor.Middle);
        }
    }

    private static void DrawLegend(IDrawing drawing, IReadOnlyList<LaneSpan> spans, double y)
    {
        double x = 16;
        foreach (var kind in spans.Select(KindOf).Distinct().Order())
        {
            var (name, colour) = s_colours[kind];
            drawing.Rectangle(x, y - 10, 12, 12, colour);
            drawing.Text(x + 18, y, name, 8.5, s_text);
            x += 18 + (name.Length * 7) + 20;
            if (x > drawing.Width - 180)
                (x, y) = (16, y + 20);
        }
    }
}
