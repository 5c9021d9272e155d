using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary><c>wma sweep report</c>: tables and charts of a sweep.</summary>
internal static class SweepReportCommand
{
    private const int CellBorder = 3;
    private const int MostNotes = 10;

    public static Command Create()
    {
        var sweep = new Argument<string>("SWEEP") { Description = "The sweep: its name, its id or the beginning of its id" };
        var folder = new Option<string?>("--out") { HelpName = "DIR", Description = "Also write report.md, report.csv, variants.csv and charts (PNG, SVG) there" };
        var reference = new Option<string[]>("--reference") { HelpName = "NAME=VALUE ...", Description = "What variants are compared with, instead of what the sweep file says", AllowMultipleArgumentsPerToken = true };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress" };
        var options = new StoreOptionSet(folder, reference, quiet);
        var command = new Command("report", "Tables and charts of a sweep: throughput, quality, success") { sweep };
        options.AddTo(command);

        command.WithHelp(
            "Compares the variants of a sweep: throughput, seconds by phase, quality against a reference variant (PSNR and SSIM of the frames, RMSE of actions and states), and for "
                + "the demo's prompts whether the actions solve the task in its simulator. Works while the sweep runs, on what is completed.",
            "wma sweep report SWEEP [--out DIR] [options]",
            [
                new HelpSection("What", [new HelpRow("SWEEP", sweep.Description!)]),
                .. options.Help(),
                HelpSection.Lines("Examples", "wma sweep report demo", "wma sweep report demo --out runs/demo-report --reference ddim-steps=8"),
                new HelpSection("Exit codes", [new HelpRow("0", "reported"), new HelpRow("2", "it cannot be done"), new HelpRow("130", "stopped")]),
            ]);
        command.SetAction(async (line, _) =>
        {
            using var interrupts = new Interrupts(() => { });
            try
            {
                var opened = await options.OpenAsync(line, interrupts.Token).ConfigureAwait(false);
                await using (opened.ConfigureAwait(false))
                {
                    var report = await MakeAsync(opened, line.GetRequiredValue(sweep), Pairs(line.GetValue(reference)), line.GetValue(quiet), interrupts.Token).ConfigureAwait(false);
                    Print(Consoles.Output(), report);
                    foreach (var path in line.GetValue(folder) is { } target ? ReportFiles.Write(report, target) : [])
                    {
                        Console.WriteLine(path);
                    }
                }

                return ExitCode.Done;
            }
            catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }
        });
        return command;
    }

    private static async Task<SweepReport> MakeAsync(OpenStore opened, string name, Dictionary<string, string>? reference, bool quiet, CancellationToken stop)
    {
        var sweep = await opened.Store.RequireSweepAsync(name, stop).ConfigureAwait(false);
        using var progress = new LineProgress(quiet);
        return await new SweepReporter(opened.Store, opened.Files).MakeAsync(
            sweep, reference, (done, of) => progress.Report(string.Create(CultureInfo.InvariantCulture, $"compared {done} of {of} episodes")), stop).ConfigureAwait(false);
    }

    private static Dictionary<string, string>? Pairs(string[]? given)
    {
        if (given is not { Length: > 0 })
        {
            return null;
        }

        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in given)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1 || !pairs.TryAdd(pair[..at], pair[(at + 1)..]))
            {
                throw new UsageException($"--reference {pair}: use NAME=VALUE, each name once, such as ddim-steps=16");
            }
        }

        return pairs;
    }

    private static void Print(IAnsiConsole console, SweepReport report)
    {
        // Narrow terminals get the columns that matter.
        var all = ReportColumn.Of(report);
        var isWide = 1 + all.Sum(column => CellBorder + report.Variants.Max(variant => Math.Max(column.Title.Length, column.Cell(variant).Length))) <= console.Profile.Width;
        var columns = all.Where(column => isWide || !column.IsDetail).ToList();
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach (var column in columns)
        {
            var added = new TableColumn(column.Title).NoWrap();
            table.AddColumn(column.IsNumber ? added.RightAligned() : added);
        }

        foreach (var variant in report.Variants)
        {
            table.AddRow([.. columns.Select(column => Markup.Escape(column.Cell(variant)))]);
        }

        Console.WriteLine($"sweep {report.Sweep.Name} {report.Sweep.Id[..8]}: {report.Describe()}");
        console.Write(table);
        var notes = report.Episodes.Where(episode => episode.Note is not null).ToList();
        foreach (var episode in notes.Take(MostNotes))
        {
            Console.WriteLine($"{episode.View.Name}: {UserErrors.OneLine(episode.Note!)}");
        }

        if (notes.Count > MostNotes)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"... and {notes.Count - MostNotes} more notes (report.csv has all)"));
        }
    }
}
