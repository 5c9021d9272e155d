using System.Globalization;
using System.Text;

namespace WorldModelActors.Episodes;

/// <summary>A report as Markdown, with its charts.</summary>
public static class ReportMarkdown
{
    private const int MostNotes = 20;

    /// <summary>The text.</summary>
    /// <param name="report">The report.</param>
    /// <param name="charts">Names of the chart files without extension, with what they show.</param>
    public static string Of(SweepReport report, IReadOnlyList<(string Name, string Title)> charts)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Sweep {report.Sweep.Name}\n\n{report.Describe()}. Id `{report.Sweep.Id}`, planned {report.Sweep.PlannedAt:yyyy-MM-dd HH:mm} UTC.\n\n");
        var columns = ReportColumn.Of(report);
        text.Append("| ").AppendJoin(" | ", columns.Select(column => column.Title)).Append(" |\n");
        text.Append('|').AppendJoin('|', columns.Select(column => column.IsNumber ? "---:" : "---")).Append("|\n");
        foreach (var variant in report.Variants)
        {
            text.Append("| ").AppendJoin(" | ", columns.Select(column => column.Cell(variant).Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }

        text.Append("\n`iter/s` and `frames/s` are those of one episode while it ran (others may have shared its device); phases are seconds of an iteration, and overlap.\n");
        if (report.HasQuality)
        {
            text.Append(CultureInfo.InvariantCulture, $"""

                Quality is against {string.Join(", ", report.Reference!.Select(pair => $"`{pair.Key}={pair.Value}`"))} of the same prompt, seed, repeat and frame stride: frames of the encoded videos, mean over frames (an
                equal frame counts {EpisodeComparison.PsnrOfEqual:0} dB beside others that are not), then over episodes; RMSE in robot units.

                """);
        }

        if (report.HasSimulation)
        {
            text.Append(CultureInfo.InvariantCulture, $"""

                Goal error: what is left to do, in pixels, when the episode's actions are executed in the demo's simulator from the prompt's true start; success is less than {PushTableTask.SolvedBelow:0} px. True PSNR and SSIM: the imagined frames against what those actions really lead to there.

                """);
        }

        foreach (var (name, title) in charts)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n![{title}]({name}.png)\n");
        }

        var notes = report.Episodes.Where(episode => episode.Note is not null).ToList();
        if (notes.Count > 0)
        {
            text.Append("\n## Notes\n\n");
            foreach (var episode in notes.Take(MostNotes))
            {
                text.Append(CultureInfo.InvariantCulture, $"- {episode.View.Name}: {episode.Note}\n");
            }

            if (notes.Count > MostNotes)
            {
                text.Append(CultureInfo.InvariantCulture, $"- and {notes.Count - MostNotes} more, in report.csv\n");
            }
        }

        return text.ToString();
    }
}
