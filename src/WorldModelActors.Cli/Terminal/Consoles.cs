using Spectre.Console;

namespace WorldModelActors.Cli;

/// <summary>The streams of this process: results on the output, everything else on the error stream.</summary>
internal static class Consoles
{
    private const int WidthWithoutTerminal = 160;

    /// <summary>Results.</summary>
    public static IAnsiConsole Output()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        }

        // Files and pipes get text, whatever TERM says.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        console.Profile.Width = WidthWithoutTerminal;
        return console;
    }

    /// <summary>A display that fits the error stream: live where it is a terminal, plain lines where it is not.</summary>
    public static IRolloutDisplay Display(bool quiet)
    {
        if (quiet)
        {
            return new SilentDisplay();
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return !Console.IsErrorRedirected && console.Profile.Capabilities.Ansi
            ? new LiveDisplay(console)
            : new PlainDisplay(Console.Error, TimeSpan.FromSeconds(10));
    }
}
