using System.CommandLine;
using System.CommandLine.Invocation;

namespace WorldModelActors.Cli;

/// <summary>What <c>--version</c> prints.</summary>
internal sealed class VersionScreen : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var versions = Versions.Current;
        parseResult.InvocationConfiguration.Output.WriteLine($"wma {versions.Wma} (libtorch {versions.Libtorch}, .NET {versions.Dotnet}, {versions.System})");
        return ExitCode.Done;
    }
}
