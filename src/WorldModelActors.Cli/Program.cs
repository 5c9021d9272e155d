using System.CommandLine;
using System.CommandLine.Parsing;
using WorldModelActors.Cli;

try
{
    var line = WmaRootCommand.Create().Parse(args);
    if (line.Errors is [var error, ..] && line.Action?.ClearsParseErrors != true)
    {
        var command = NameOf(line.CommandResult.Command);
        var fault = error.SymbolResult is ArgumentResult { Tokens.Count: 0, Argument.Name: var missing }
            ? $"{command}: {missing} is missing"
            : UserErrors.OneLine(error.Message).TrimEnd('.');
        Console.Error.WriteLine($"wma: {fault}; see {command} --help");
        return ExitCode.Refused;
    }

    return await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception failure)
{
    UserErrors.Print(failure);
    return ExitCode.Refused;
}

// With its groups, e.g. "wma bench overlap".
static string NameOf(Command command) => command is RootCommand ? "wma" : $"{NameOf((Command)command.Parents.First())} {command.Name}";
