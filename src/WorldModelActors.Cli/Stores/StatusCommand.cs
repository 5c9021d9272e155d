using System.CommandLine;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cli;

/// <summary><c>wma status</c>: how far the sweeps of a store are.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var sweep = new Argument<string?>("sweep") { HelpName = "SWEEP", Description = "Only this one: a name, or the beginning of an id", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Print it as JSON" };
        var options = new StoreOptionSet(json);
        var command = new Command("status", "Show how far the sweeps of a store are, and who works on them") { sweep };
        options.AddTo(command);
        command.WithHelp(
            "Shows how many episodes of each sweep are done, running and failed, which nodes are alive, the throughput of the last minutes and what is left.",
            "wma status [SWEEP] [options]",
            [.. options.Help(), HelpSection.Lines("Examples", "wma status", "wma status my-sweep --json", "wma status --store postgres://wma@db/wma --state /mnt/wma")]);
        command.SetAction(async (line, stop) =>
        {
            var open = await options.OpenAsync(line, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var id = line.GetValue(sweep) is { } name ? (await open.Store.RequireSweepAsync(name, stop).ConfigureAwait(false)).Id : null;
                var summary = await open.Store.SummaryAsync(id, stop: stop).ConfigureAwait(false);

                if (line.GetValue(json))
                {
                    Console.WriteLine(StatusScreen.Json(summary));
                }
                else
                {
                    Consoles.Output().Write(StatusScreen.Draw(summary));
                    Console.WriteLine();
                }
            }

            return ExitCode.Done;
        });
        return command;
    }
}
