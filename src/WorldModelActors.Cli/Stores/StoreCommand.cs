using System.CommandLine;
using System.CommandLine.Help;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary><c>wma store check</c>: whether a store and its files are as they should be.</summary>
internal static class StoreCommand
{
    private const int MostFindings = 50;

    public static Command Create()
    {
        var command = new Command("store", "Check a store and its files");
        var check = Check();
        command.Add(check);
        command.WithHelp(
            "Looks after a store.", "wma store COMMAND [options]",
            [new HelpSection("Commands", [new HelpRow(check.Name, check.Description ?? "")]), new HelpSection("Options", [HelpScreens.Help])]);
        command.SetAction(command.Options.OfType<HelpOption>().Single().Action is HelpScreen screen ? screen.Invoke : _ => ExitCode.Refused);
        return command;
    }

    private static Command Check()
    {
        var repair = new Option<bool>("--repair") { Description = "Delete what owners that died have left: files that no journal names" };
        var options = new StoreOptionSet(repair);
        var command = new Command("check", "Check every journal, row, file and lease");
        options.AddTo(command);
        command.WithHelp(
            "Replays every journal, compares it with the rows, checks that every frame is there exactly once, that files have their checksums, that no lease is "
                + "without an owner, and that there is no litter. May run while nodes work.",
            "wma store check [options]",
            [
                .. options.Help(),
                HelpSection.Lines("Examples", "wma store check", "wma store check --store \"postgres://wma@db/wma\" --state /mnt/wma --repair"),
                new HelpSection("Exit codes", [new HelpRow("0", "all is well, or was repaired"), new HelpRow("1", "something is wrong; it is listed"), new HelpRow("2", "it cannot be checked")]),
            ]);
        command.SetAction(async (line, stop) =>
        {
            var open = await options.OpenAsync(line, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var report = await new StoreCheck(open.Store, open.Files) { Repair = line.GetValue(repair) }.RunAsync(stop).ConfigureAwait(false);
                foreach (var finding in report.Findings.Take(MostFindings))
                {
                    Console.WriteLine(finding);
                }

                if (report.Findings.Count > MostFindings)
                {
                    Console.WriteLine($"and {report.Findings.Count - MostFindings} more");
                }

                Console.WriteLine(
                    $"{report.Episodes} episodes, {report.Events} events, {report.Files} files, {report.Frames} frames: "
                    + (report.Findings.Count == 0 ? "all is well" : report.IsConsistent ? "repaired" : "not consistent"));
                return report.IsConsistent ? ExitCode.Done : ExitCode.Failed;
            }
        });
        return command;
    }
}
