namespace WorldModelActors.Media.Tests;

/// <summary>Where the tests' data lies inside the repository.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>A golden file or folder made by the reference implementation.</summary>
    public static string Golden(params string[] parts) => Path.Combine([Root, "tests", "golden", .. parts]);

    /// <summary>A file or folder of the demo world model.</summary>
    public static string Demo(params string[] parts) => Path.Combine([Root, "assets", "demo-world-model", .. parts]);

    /// <summary>A file made for these tests (see <c>Hdf5/Fixtures/make_fixtures.c</c>).</summary>
    public static string Hdf5Fixture(string name) =>
        Path.Combine(Root, "tests", "WorldModelActors.Media.Tests", "Hdf5", "Fixtures", name);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "WorldModelActors.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("no WorldModelActors.sln above the tests");
    }
}
