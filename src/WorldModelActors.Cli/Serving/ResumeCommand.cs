using System.CommandLine;
using WorldModelActors.Episodes;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary><c>wma resume</c>: goes on with what a store holds, in this process, until all of it is done.</summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var sweep = new Argument<string?>("sweep") { HelpName = "SWEEP", Description = "Until this one is done: a name, or the beginning of an id", Arity = ArgumentArity.ZeroOrOne };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print failures only" };
        var options = new SettingOptionSet(
            [SettingFlags.Store, SettingFlags.Node, SettingFlags.NodeBatching, SettingFlags.Telemetry, SettingFlags.NodeMachine], null, quiet);
        var command = new Command("resume", "Go on with what was planned, until all of it is done") { sweep };
        options.AddTo(command);
        command.WithHelp(
            "Goes on with the episodes of a store where they stand, after a crash, a reboot or Ctrl-C, and ends when all of them have ended. The frames are those of "
                + "a run that was never interrupted.",
            "wma resume [SWEEP] [options]",
            [.. options.Help(), HelpSection.Lines("Examples", "wma resume", "wma resume my-sweep --device cuda:all --episodes-in-flight 8"), HelpScreens.ExitCodes]);
        command.SetAction(async (line, stop) =>
        {
            var settings = WmaSettings.Load(options.Layers(line));
            var open = await OpenStore.OpenAsync(settings, mustExist: true, stop).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
            {
                var id = line.GetValue(sweep) is { } name ? (await open.Store.RequireSweepAsync(name, stop).ConfigureAwait(false)).Id : null;
                var code = await new ServeRun(settings, open)
                {
                    ExitWhenDone = true,
                    SweepId = id,
                    Quiet = line.GetValue(quiet),
                    ExitCodeOfDrain = ExitCode.Interrupted,
                }.RunAsync().ConfigureAwait(false);
                if (!line.GetValue(quiet))
                {
                    Consoles.Output().Write(StatusScreen.Draw(await open.Store.SummaryAsync(id, stop: stop).ConfigureAwait(false)));
                    Console.WriteLine();
                }

                return code;
            }
        });
        return command;
    }
}
