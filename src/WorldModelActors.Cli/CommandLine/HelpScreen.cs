using System.CommandLine;
using System.CommandLine.Invocation;

namespace WorldModelActors.Cli;

/// <summary>One line of a help screen.</summary>
internal sealed record HelpRow(string Left, string Right);

/// <summary>A titled part of a help screen: rows, or lines as they are.</summary>
internal sealed record HelpSection(string Title, IReadOnlyList<HelpRow> Rows)
{
    public static HelpSection Lines(string title, params string[] lines) => new(title, [.. lines.Select(line => new HelpRow(line, ""))]);
}

/// <summary>What <c>--help</c> prints: usage, the options by section with their defaults, examples.</summary>
internal sealed class HelpScreen(string summary, string usage, IReadOnlyList<HelpSection> sections) : SynchronousCommandLineAction
{
    private const int WidestLeft = 28;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.InvocationConfiguration.Output, Console.IsOutputRedirected ? 100 : Math.Clamp(Console.WindowWidth, 60, 120));
        return ExitCode.Done;
    }

    internal void Write(TextWriter output, int width)
    {
        foreach (var line in Wrap(summary, width))
        {
            output.WriteLine(line);
        }

        output.WriteLine();
        output.WriteLine("Usage:");
        output.WriteLine("  " + usage);
        foreach (var section in sections)
        {
            output.WriteLine();
            output.WriteLine(section.Title + ":");
            foreach (var row in section.Rows)
            {
                WriteRow(output, row, width);
            }
        }
    }

    private static void WriteRow(TextWriter output, HelpRow row, int width)
    {
        if (row.Right.Length == 0)
        {
            output.WriteLine(("  " + row.Left).TrimEnd());
            return;
        }

        var left = "  " + row.Left.PadRight(WidestLeft);
        var room = Math.Max(20, width - WidestLeft - 4);
        var first = true;
        if (row.Left.Length > WidestLeft)
        {
            output.WriteLine("  " + row.Left);
            left = new string(' ', WidestLeft + 2);
        }

        foreach (var line in Wrap(row.Right, room))
        {
            output.WriteLine((first ? left : new string(' ', WidestLeft + 2)) + "  " + line);
            first = false;
        }
    }

    private static IEnumerable<string> Wrap(string text, int room)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > room)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
