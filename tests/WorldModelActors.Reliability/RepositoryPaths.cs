namespace WorldModelActors.Reliability;

/// <summary>Where things lie in the repository.</summary>
public static class RepositoryPaths
{
    public static string Root { get; } = FindRoot();

    /// <summary>The demo world model.</summary>
    public static string DemoModel => Path.Combine(Root, "assets", "demo-world-model");

    public static string DemoPrompts => Path.Combine(DemoModel, "prompts");

    /// <summary>The program, as built beside this one.</summary>
    public static string Program
    {
        get
        {
            var configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
            // tests/<project>/bin, or artifacts/<variant>/bin/<project> (docs/engines.md).
            var output = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));
            var program = Path.GetFileName(output) == "bin"
                ? Path.Combine(Root, "src", "WorldModelActors.Cli", "bin")
                : Path.Combine(Path.GetDirectoryName(output)!, "WorldModelActors.Cli");
            return Path.Combine(program, configuration, "net10.0", "wma.dll");
        }
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "WorldModelActors.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException($"no WorldModelActors.sln above {AppContext.BaseDirectory}");
    }
}
