using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>What a report leaves in a folder: <c>report.md</c>, <c>report.csv</c>, <c>variants.csv</c>, and charts as PNG and SVG.</summary>
public static class ReportFiles
{
    /// <summary>Writes them; older ones of the same names are replaced.</summary>
    /// <returns>Their paths.</returns>
    /// <exception cref="SweepException">The folder cannot be written to.</exception>
    public static IReadOnlyList<string> Write(SweepReport report, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var charts = ReportCharts.Of(report);
            List<string> written =
            [
                Save(folder, "report.md", ReportMarkdown.Of(report, [.. charts.Select(chart => (chart.Name, chart.Title))])),
                Save(folder, "report.csv", ReportCsv.OfEpisodes(report)),
                Save(folder, "variants.csv", ReportCsv.OfVariants(report)),
            ];
            foreach (var (name, _, size, draw) in charts)
            {
                using var picture = new PngDrawing(size.Width, size.Height);
                draw(picture);
                picture.Save(Path.Combine(folder, name + ".png"));
                var vector = new SvgDrawing(size.Width, size.Height);
                draw(vector);
                vector.Save(Path.Combine(folder, name + ".svg"));
                written.AddRange([Path.Combine(folder, name + ".png"), Path.Combine(folder, name + ".svg")]);
            }

            return written;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or MediaException)
        {
            throw new SweepException($"--out {folder}: the report cannot be written ({cause.Message})", cause);
        }
    }

    private static string Save(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
