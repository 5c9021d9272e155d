using Spectre.Console;

namespace WorldModelActors.Cli;

/// <summary>The streams of this process: results on the output, everything else on the error stream.</summary>
internal static class Consoles
{
    private const int WidthWithoutTerminal = 160;

    /// <summary>Results.</summary>
    public static IAnsiConsole Output()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

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
