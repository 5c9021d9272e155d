using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using WorldModelActors.Episodes;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary><c>wma submit</c>: plans the episodes of a sweep.</summary>
internal static class SubmitCommand
{
    private const int MostNames = 20;

    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Check everything and list the episodes; plan nothing" };
        var json = new Option<bool>("--json") { Description = "Print what was planned as JSON" };
        var options = new SubmitOptionSet(dryRun, json);
        var command = new Command("submit", "Plan the episodes of a sweep; nodes run them");
        options.AddAllTo(command);
        command.WithHelp(
            "Plans the episodes of a sweep file, or one for each prompt as the flags say, into the store; wma node runs them. Everything is checked first: values, "
                + "prompts, models. Planning again adds only what is new: the same episodes have the same ids.",
            "wma submit [FILE] [options]",
            [
                options.FileHelp,
                .. options.Help(),
                HelpSection.Lines(
                    "Examples",
                    "wma submit assets/demo-sweep.yaml",
                    "# the prompts of a folder, without a file",
                    "wma submit --name first --model ckpt/unifolm --prompts prompts/ --iterations 12",
                    "# for nodes on several machines",
                    "wma submit sweep.yaml --root /data --store \"postgres://wma@db/wma?sslmode=verify-full\" --state /shared/wma"),
                new HelpSection("Exit codes", [new HelpRow("0", "planned"), new HelpRow("2", "it cannot be planned like this")]),
            ]);
        command.SetAction(async (line, stop) =>
        {
            var planned = options.Plan(line);
            PlanResult? result = null;
            if (!line.GetValue(dryRun))
            {
                var opened = await OpenStore.OpenAsync(WmaSettings.Load(options.Layers(line)), mustExist: false, stop).ConfigureAwait(false);
                await using (opened.ConfigureAwait(false))
                {
                    result = await opened.Store.PlanAsync(planned.Sweep, planned.Episodes, stop).ConfigureAwait(false);
                }
            }

            if (line.GetValue(json))
            {
                Console.WriteLine(new JsonObject { ["sweep"] = planned.Sweep.Id, ["name"] = planned.Sweep.Name, ["episodes"] = planned.Episodes.Count, ["added"] = result?.Added, ["known"] = result?.Known }.ToJsonString());
            }
            else
            {
                Print(planned, result);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(PlannedSweep planned, PlanResult? result)
    {
        foreach (var episode in result is null ? planned.Episodes.Take(MostNames) : [])
        {
            Console.WriteLine($"  {episode.Name}");
        }

        if (result is null && planned.Episodes.Count > MostNames)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  ... and {planned.Episodes.Count - MostNames} more"));
        }

        var axes = planned.Axes.Count > 0 ? $" ({planned.Describe()})" : "";
        var what = result is null ? "checked, not planned" : string.Create(CultureInfo.InvariantCulture, $"{result.Added} new, {result.Known} planned before");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sweep {planned.Sweep.Name} {planned.Sweep.Id[..8]}: {planned.Episodes.Count} episodes{axes}: {what}"));
    }
}
