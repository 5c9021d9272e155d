using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary>A store at one moment, as tables or as JSON.</summary>
internal static class StatusScreen
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private static readonly TimeSpan s_silent = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_forgotten = TimeSpan.FromMinutes(10);

    /// <summary>Sweeps and nodes.</summary>
    public static IRenderable Draw(StoreSummary summary)
    {
        var sweeps = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var (title, isNumber) in new[] { ("sweep", false), ("id", false), ("episodes", true), ("running", true), ("waiting", true), ("done", true), ("failed", true), ("cancelled", true), ("iterations", true), ("frames", true) })
        {
            var column = new TableColumn(title).NoWrap();
            sweeps.AddColumn(isNumber ? column.RightAligned() : column);
        }

        foreach (var sweep in summary.Sweeps)
        {
            int Of(JournalState state) => sweep.Episodes.GetValueOrDefault(state);
            sweeps.AddRow(
                Markup.Escape(sweep.Name),
                $"[grey]{sweep.Id[..8]}[/]",
                Number(sweep.Count),
                Number(Of(JournalState.Running)),
                Number(Of(JournalState.Planned) + Of(JournalState.Waiting)),
                $"[green]{Number(Of(JournalState.Completed))}[/]",
                Of(JournalState.Failed) > 0 ? $"[red]{Number(Of(JournalState.Failed))}[/]" : "0",
                Number(Of(JournalState.Cancelled)),
                $"{Number(sweep.Committed)}/{Number(sweep.Iterations)}",
                Number(sweep.Frames));
        }

        var parts = new List<IRenderable> { sweeps };
        // Nodes that were killed never said that they left.
        var shown = summary.Nodes.Where(node => node.Running > 0 || node.SilentFor < s_forgotten).ToList();
        if (shown.Count > 0)
        {
            var nodes = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
            foreach (var title in new[] { "node", "devices", "episodes", "last heart-beat", "" })
            {
                nodes.AddColumn(new TableColumn(title).NoWrap());
            }

            foreach (var node in shown)
            {
                nodes.AddRow(
                    Markup.Escape(node.Id.Name), Markup.Escape(string.Join(", ", node.Description.Devices)), $"{node.Running} of {node.Description.Capacity}",
                    $"{Texts.Clock(node.SilentFor)} ago", node.SilentFor > s_silent ? "[red]silent[/]" : node.Draining ? "[yellow]draining[/]" : "");
            }

            parts.Add(nodes);
        }

        parts.Add(new Markup(Markup.Escape(Rate(summary))));
        return new Rows(parts);
    }

    /// <summary>Throughput and what is left, in one line.</summary>
    public static string Rate(StoreSummary summary) => summary.Sweeps.Count == 0 ? "nothing is planned: wma submit plans episodes"
        : summary.Sweeps.All(sweep => sweep.Ended == sweep.Count) ? "every episode has ended"
        : summary.Remaining is { } left
            ? string.Create(CultureInfo.InvariantCulture, $"{summary.IterationsPerSecond:0.###} iterations/s, {summary.FramesPerSecond:0.#} frames/s, {Texts.Clock(left)} left")
            : summary.Nodes.All(node => node.SilentFor > s_silent) ? "no node serves this store: start one with wma node" : "no iteration was committed lately";

    /// <summary>The same for programs.</summary>
    public static string Json(StoreSummary summary) => JsonSerializer.Serialize(
        new
        {
            summary.At,
            WindowSeconds = summary.Window.TotalSeconds,
            summary.IterationsPerSecond,
            summary.FramesPerSecond,
            RemainingSeconds = summary.Remaining?.TotalSeconds,
            Sweeps = summary.Sweeps.Select(sweep => new
            {
                sweep.Id,
                sweep.Name,
                Episodes = sweep.Episodes.ToDictionary(pair => pair.Key.ToString().ToLowerInvariant(), pair => pair.Value),
                sweep.Count,
                sweep.Ended,
                sweep.Iterations,
                sweep.Committed,
                sweep.Frames,
            }),
            Nodes = summary.Nodes.Select(node => new
            {
                node.Id.Number,
                node.Id.Name,
                node.Description.Devices,
                node.Description.Capacity,
                node.Running,
                SilentSeconds = node.SilentFor.TotalSeconds,
                node.Draining,
            }),
        },
        s_json);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
