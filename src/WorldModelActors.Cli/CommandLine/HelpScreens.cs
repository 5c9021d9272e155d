using System.CommandLine;
using System.CommandLine.Help;

namespace WorldModelActors.Cli;

/// <summary>Help screens for commands.</summary>
internal static class HelpScreens
{
    public static HelpRow Help { get; } = new("--help, -h", "This screen");

    public static HelpSection ExitCodes { get; } = new("Exit codes",
    [
        new HelpRow("0", "everything was done"),
        new HelpRow("1", "an episode or a check failed; the others were done"),
        new HelpRow("2", "it cannot be done: wrong usage, input or environment"),
        new HelpRow("130", "stopped by Ctrl-C or SIGTERM; what was written is kept"),
    ]);

    /// <summary>Gives a command its help screen.</summary>
    public static void WithHelp(this Command command, string summary, string usage, IReadOnlyList<HelpSection> sections)
    {
        var screen = new HelpScreen(summary, usage, sections);
        if (command.Options.OfType<HelpOption>().FirstOrDefault() is { } own)
        {
            own.Action = screen;
        }
        else
        {
            command.Add(new HelpOption { Action = screen });
        }
    }
}
