using System.CommandLine;
using System.CommandLine.Help;

namespace WorldModelActors.Cli;

/// <summary><c>wma episodes</c>: the episodes of a store.</summary>
internal static class EpisodesCommand
{
    public static Command Create()
    {
        var command = new Command("episodes", "List the episodes of a store, export their results");
        Command[] commands = [EpisodesListCommand.Create(), EpisodesExportCommand.Create()];
        foreach (var each in commands)
        {
            command.Add(each);
        }

        command.WithHelp(
            "The episodes of a store.", "wma episodes COMMAND [options]",
            [new HelpSection("Commands", [.. commands.Select(each => new HelpRow(each.Name, each.Description ?? ""))]), new HelpSection("Options", [HelpScreens.Help])]);
        command.SetAction(command.Options.OfType<HelpOption>().Single().Action is HelpScreen screen ? screen.Invoke : _ => ExitCode.Refused);
        return command;
    }
}
