using System.CommandLine;
using System.CommandLine.Help;

namespace WorldModelActors.Cli;

/// <summary><c>wma bench</c>: measurements on this machine.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command("bench", "Measure on this machine");
        Command[] benchmarks = [BenchOverlapCommand.Create(), BenchBatchingCommand.Create(), BenchGpuCommand.Create(), BenchColdCommand.Create()];
        foreach (var benchmark in benchmarks)
        {
            command.Add(benchmark);
        }

        command.WithHelp(
            "Measures what the design gains on this machine. Run it on an idle one; results name the machine.",
            "wma bench COMMAND [options]",
            [
                new HelpSection("Commands", [.. benchmarks.Select(benchmark => new HelpRow(benchmark.Name, benchmark.Description ?? ""))]),
                new HelpSection("Options", [HelpScreens.Help]),
                HelpSection.Lines("Examples", "wma bench overlap", "wma bench overlap --exe-steps 16 --repeats 3", "wma bench batching", "wma bench gpu --quick"),
                new HelpSection("Exit codes", [new HelpRow("0", "measured"), new HelpRow("1", "overlap: a frame differs from the original loop's"), new HelpRow("2", "it cannot be done"), new HelpRow("130", "stopped")]),
            ]);
        command.SetAction(command.Options.OfType<HelpOption>().Single().Action is HelpScreen screen ? screen.Invoke : _ => ExitCode.Refused);
        return command;
    }
}
