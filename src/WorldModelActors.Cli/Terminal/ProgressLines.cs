using System.Globalization;
using Spectre.Console;
using WorldModelActors.Telemetry;

namespace WorldModelActors.Cli;

/// <summary>
/// Draws where a run stands as lines of markup that fit a terminal: a line for each running episode, the lanes' occupancy, the
/// whole run.
/// </summary>
internal static class ProgressLines
{
    private const int WidestId = 28;
    private const int EpisodeBar = 16;
    private const int LongestBar = 40;

    /// <summary>Busier lanes are what holds the run up.</summary>
    private const double Busy = 0.8;

    /// <summary>The lines.</summary>
    /// <param name="now">Where the run stands.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="height">Lines that there is room for.</param>
    public static IReadOnlyList<string> Draw(ProgressSnapshot now, int width, int height)
    {
        var below = Lanes(now.Lanes, width);
        below.Add(Total(now, width));
        var room = Math.Max(1, height - below.Count);
        var shown = now.Running.Count <= room ? now.Running.Count : room - 1;
        var ids = now.Running.Take(shown).Select(e => e.Id.Length).DefaultIfEmpty(0).Max();
        List<string> lines = [.. now.Running.Take(shown).Select(e => Episode(e, Math.Min(ids, WidestId), width))];
        if (shown < now.Running.Count)
        {
            lines.Add($"[grey]{Fit($"and {now.Running.Count - shown} more episodes", width)}[/]");
        }

        lines.AddRange(below);
        // A terminal of a few lines shows the whole run at least.
        return lines.Count <= height ? lines : [.. lines.TakeLast(Math.Max(1, height))];
    }

    private static string Episode(EpisodeStanding episode, int idWidth, int width)
    {
        var digits = Digits(episode.Iterations);
        var step = episode.Steps > 0 && episode.Phase != "decoding" ? $"{episode.Phase} {episode.Step}/{episode.Steps}" : episode.Phase;
        var plain = new LineBuilder(width);
        plain.Add("bold", Fit(episode.Id, idWidth).PadRight(idWidth));
        plain.Add("", "  ");
        plain.AddBar(episode.Fraction, EpisodeBar);
        plain.Add("", $"  {episode.Iteration.ToString(CultureInfo.InvariantCulture).PadLeft(digits)}/{episode.Iterations}");
        plain.Add("aqua", $"  {step,-17}");
        plain.Add("grey", $"  {episode.Frames,4} frames");
        plain.Add("italic", $"  {episode.Instruction}");
        return plain.ToString();
    }

    private static List<string> Lanes(IReadOnlyList<LaneShare> lanes, int width)
    {
        List<string> lines = [];
        var names = lanes.Select(l => l.Device.Length).DefaultIfEmpty(0).Max();
        // The host's lane goes behind the only device's.
        var devices = lanes.GroupBy(l => l.Device).OrderBy(d => d.Key == LaneNames.Host).ToList();
        var line = new LineBuilder(width);
        for (var i = 0; i < devices.Count; i++)
        {
            var joins = i > 0 && devices.Count == 2 && devices[i].Key == LaneNames.Host;
            if (i > 0 && !joins)
            {
                lines.Add(line.ToString());
                line = new LineBuilder(width);
            }

            line.Add("grey", joins ? $"   {devices[i].Key}" : devices[i].Key.PadRight(names));
            foreach (var lane in devices[i].OrderBy(l => l.Lane))
            {
                line.Add("grey", $"  {lane.Lane.NameOf()} ");
                line.Add(lane.Share >= Busy ? "green" : "", lane.Share.ToString("P0", CultureInfo.InvariantCulture).PadLeft(5));
            }
        }

        if (devices.Count > 0)
        {
            lines.Add(line.ToString());
        }

        return lines;
    }

    private static string Total(ProgressSnapshot now, int width)
    {
        var tail = string.Create(CultureInfo.InvariantCulture, $" {now.Fraction,4:P0}");
        if (now.Episodes > 1)
        {
            tail += $"  {now.Ended} of {now.Episodes} done";
        }

        tail += $"  {Texts.Clock(now.Elapsed)} elapsed";
        if (now.Remaining is { } remaining && now.Fraction < 1)
        {
            tail += $"  {Texts.Clock(remaining)} left";
        }

        if (now.FramesPerSecond > 0)
        {
            tail += string.Create(CultureInfo.InvariantCulture, $"  {now.FramesPerSecond:0.0} frames/s");
        }

        var line = new LineBuilder(width);
        line.AddBar(now.Fraction, Math.Clamp(width - tail.Length - 1, 8, LongestBar));
        line.Add("", tail);
        return line.ToString();
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static string Fit(string text, int width) =>
        text.Length <= width ? text : width < 1 ? "" : width == 1 ? "…" : string.Concat(text.AsSpan(0, width - 1), "…");

    /// <summary>Puts a line together that is never longer than the terminal.</summary>
    private sealed class LineBuilder(int width)
    {
        private readonly System.Text.StringBuilder _markup = new();
        private int _length;

        public void Add(string style, string text)
        {
            var shown = Fit(text, width - _length);
            if (shown.Length == 0)
            {
                return;
            }

            _length += shown.Length;
            _markup.Append(style.Length == 0 ? Markup.Escape(shown) : $"[{style}]{Markup.Escape(shown)}[/]");
        }

        public void AddBar(double fraction, int length)
        {
            var done = (int)Math.Round(Math.Clamp(fraction, 0, 1) * length);
            Add("green", new string('━', done));
            Add("grey", new string('─', length - done));
        }

        public override string ToString() => _markup.ToString();
    }
}
