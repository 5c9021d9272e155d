using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace WorldModelActors.Cli;

/// <summary>The end of a run: a table of its episodes and where they are, or the same as JSON.</summary>
internal static class RolloutSummary
{
    private const int MostPaths = 10;
    private const int WidthOfAllColumns = 110;
    private static readonly string[] s_files = ["video.mp4", "contact-sheet.png", "policy-video.mp4", "trajectory.safetensors", "episode.json"];

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A table for people, and why episodes failed.</summary>
    public static void Print(IAnsiConsole console, TextWriter output, IReadOnlyList<EpisodeOutcome> outcomes)
    {
        // Narrow terminals get the columns that matter.
        var isWide = console.Profile.Width >= WidthOfAllColumns;
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        table.AddColumn(new TableColumn("episode").NoWrap());
        table.AddColumn(new TableColumn("status").NoWrap());
        string[] numbers = ["frames", "s/iteration", "policy", "world model", .. isWide ? ["embed", "decode", "iterations"] : Array.Empty<string>()];
        foreach (var title in numbers)
        {
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());
        }

        foreach (var outcome in outcomes)
        {
            var record = outcome.Record;
            var times = record?.Timings;
            var iterations = Math.Max(1, record?.Iterations ?? 1);
            string[] cells =
            [
                Markup.Escape(outcome.Prompt.Id),
                $"[{ColorOf(outcome.Status)}]{NameOf(outcome.Status)}[/]",
                Number(record?.Video.Frames),
                Seconds(times?.PerIteration),
                Seconds(times?.Policy / iterations),
                Seconds(times?.World / iterations),
                Seconds(times?.Embed / iterations),
                Seconds(times?.Decode / iterations),
                Number(record?.Iterations),
            ];
            table.AddRow(cells[..(2 + numbers.Length)]);
        }

        console.Write(table);
        foreach (var outcome in outcomes.Where(outcome => outcome.Cause is not null))
        {
            output.WriteLine($"{outcome.Prompt.Id} failed: {outcome.Cause}");
        }
    }

    /// <summary>Where the files are; of many episodes only the folder.</summary>
    public static void PrintFiles(TextWriter output, string root, IReadOnlyList<EpisodeOutcome> outcomes)
    {
        if (outcomes.Count > MostPaths)
        {
            output.WriteLine(root + Path.DirectorySeparatorChar);
            return;
        }

        foreach (var path in outcomes.SelectMany(FilesOf))
        {
            output.WriteLine(path);
        }
    }

    /// <summary>The same for programs.</summary>
    public static void PrintJson(TextWriter output, string root, IReadOnlyList<EpisodeOutcome> outcomes) =>
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                Out = Path.GetFullPath(root),
                Episodes = outcomes.Select(outcome => new
                {
                    Episode = outcome.Prompt.Id,
                    Status = NameOf(outcome.Status),
                    outcome.Cause,
                    Iterations = outcome.Record?.Iterations ?? 0,
                    Frames = outcome.Record?.Video.Frames ?? 0,
                    outcome.Record?.Timings,
                    Folder = Path.GetFullPath(outcome.Folder),
                }),
            },
            s_json));

    /// <summary>The files of an episode that are there.</summary>
    public static IEnumerable<string> FilesOf(EpisodeOutcome outcome) =>
        outcome.Status == OutcomeStatus.NotRun ? [] : s_files.Select(name => Path.Combine(outcome.Folder, name)).Where(File.Exists);

    public static string NameOf(OutcomeStatus status) => status switch
    {
        OutcomeStatus.NotRun => "not run",
        _ => status.ToString().ToLowerInvariant(),
    };

    private static string ColorOf(OutcomeStatus status) => status switch
    {
        OutcomeStatus.Completed or OutcomeStatus.Kept => "green",
        OutcomeStatus.Failed => "red",
        _ => "yellow",
    };

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Seconds(double? value) => value is > 0 ? Texts.Seconds(value.Value) : "";
}
