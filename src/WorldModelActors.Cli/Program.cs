using System.CommandLine;
using WorldModelActors.Cli;

try
{
    var line = WmaRootCommand.Create().Parse(args);
    // Without a response-file or a directive in play an error is always the user's: one line, no help screen.
    if (line.Errors is [var error, ..] && line.Action?.ClearsParseErrors != true)
    {
        Console.Error.WriteLine($"wma: {error.Message.TrimEnd('.')}; see wma {(line.CommandResult.Command is RootCommand ? "" : line.CommandResult.Command.Name + " ")}--help");
        return ExitCode.Refused;
    }

    return await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception failure)
{
    UserErrors.Print(failure);
    return ExitCode.Refused;
}
