using System.CommandLine;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary><c>wma sweep</c>: plans a sweep, runs it in this process and shows what came out; <c>wma sweep report</c> compares its variants.</summary>
internal static class SweepCommand
{
    public static Command Create()
    {
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print failures only" };
        var options = new SubmitOptionSet([SettingFlags.UnnamedNode, SettingFlags.NodeBatching, SettingFlags.Telemetry, SettingFlags.NodeMachine], quiet);
        var command = new Command("sweep", "Plan a sweep, run it here, show what came out");
        options.AddAllTo(command);
        var report = SweepReportCommand.Create();
        command.Add(report);
        command.WithHelp(
            "Plans the episodes of a sweep file (wma submit), runs them in this process (wma node) and ends when all of them have ended. Started again, it goes on with "
                + "what is missing. Further nodes on the same store help without a word.",
            "wma sweep FILE [options]",
            [
                new HelpSection("Commands", [new HelpRow("report SWEEP", report.Description ?? "")]),
                options.FileHelp,
                .. options.Help(),
                HelpSection.Lines(
                    "Examples",
                    "wma sweep assets/demo-sweep.yaml",
                    "wma sweep report demo --out runs/demo-report",
                    "wma sweep grid.yaml --device cuda:all --episodes-in-flight 8 --store runs/grid/store.sqlite"),
                HelpScreens.ExitCodes,
            ]);
        command.SetAction(async (line, stop) =>
        {
            var planned = options.Plan(line);
            var settings = WmaSettings.Load(options.Layers(line));
            var isQuiet = line.GetValue(quiet);
            var open = await OpenStore.OpenAsync(settings, mustExist: false, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var result = await open.Store.PlanAsync(planned.Sweep, planned.Episodes, stop).ConfigureAwait(false);
                if (!isQuiet)
                {
                    Console.Error.WriteLine($"wma: sweep {planned.Sweep.Name}: {result.Added} episodes are new, {result.Known} were planned before");
                }

                var code = await new ServeRun(settings, open)
                {
                    ExitWhenDone = true,
                    SweepId = planned.Sweep.Id,
                    Quiet = isQuiet,
                    ExitCodeOfDrain = ExitCode.Interrupted,
                }.RunAsync().ConfigureAwait(false);
                if (!isQuiet)
                {
                    Consoles.Output().Write(StatusScreen.Draw(await open.Store.SummaryAsync(planned.Sweep.Id, stop: stop).ConfigureAwait(false)));
                    Console.WriteLine();
                    if (code == ExitCode.Done)
                    {
                        Console.WriteLine($"wma sweep report {planned.Sweep.Name} compares the variants; wma episodes export {planned.Sweep.Name} --out DIR copies the videos");
                    }
                }

                return code;
            }
        });
        return command;
    }
}
