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
    public static DemoModel Find()
    {
        var home = Environment.GetEnvironmentVariable("WMA_HOME");
        for (var folder = string.IsNullOrEmpty(home) ? AppContext.BaseDirectory : home; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var root = Path.Combine(folder, RelativePath);
            if (File.Exists(Path.Combine(root, "config.yaml")))
            {
                return new DemoModel(root);
            }
        }

        throw new UsageException($"the demo world model is not there: start wma from the repository (./wma demo), or set WMA_HOME to the folder that holds {RelativePath}");
    }
}
