namespace WorldModelActors.Cli;

/// <summary>The demo world model of the repository.</summary>
/// <param name="Root">Its model directory.</param>
internal sealed record DemoModel(string Root)
{
    private const string RelativePath = "assets/demo-world-model";

    public string Merges => Path.Combine(Root, "merges.txt.gz");

    public string Prompts => Path.Combine(Root, "prompts");

    /// <summary>Finds it in $WMA_HOME (the launcher sets it) or above the program.</summary>
    /// <exception cref="UsageException">It is not there.</exception>
    public static DemoModel Find() =>
        HomeFiles.Find(Path.Combine(RelativePath, "config.yaml")) is { } found
            ? new DemoModel(Path.GetDirectoryName(found)!)
            : throw new UsageException($"the demo world model is not there: start wma from the repository (./wma demo), or set WMA_HOME to the folder that holds {RelativePath}");
}
