using System.CommandLine;
using System.CommandLine.Help;

namespace WorldModelActors.Cli;

/// <summary>The groups that hold this folder's commands until the node's own groups take them.</summary>
internal static class SweepGroups
{
    public static Command Sweep() => Group("sweep", "Work with sweeps", SweepReportCommand.Create());

    public static Command Episodes() => Group("episodes", "Work with episodes of a store", EpisodesExportCommand.Create());

    private static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
        {
            group.Add(command);
        }

        group.WithHelp(
            description + ".", $"wma {name} COMMAND [options]",
            [new HelpSection("Commands", [.. commands.Select(command => new HelpRow(command.Name, command.Description ?? ""))]), new HelpSection("Options", [HelpScreens.Help])]);
        group.SetAction(group.Options.OfType<HelpOption>().Single().Action is HelpScreen screen ? screen.Invoke : _ => ExitCode.Refused);
        return group;
    }
}
