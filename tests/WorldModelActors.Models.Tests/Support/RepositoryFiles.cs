using System.Runtime.CompilerServices;

namespace WorldModelActors.Models.Tests;

/// <summary>Where the tests' data lies: inside the repository, and beside its checkout (<c>../shared</c>).</summary>
internal static class RepositoryFiles
{
    /// <summary>Root of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the full golden set; skips the running test with a reason where it is absent.</summary>
    public static string SharedGolden(string name)
    {
        var path = Path.GetFullPath(Path.Combine(Root, "..", "shared", "golden", name));
        Assert.SkipUnless(File.Exists(path), $"{path} is not there (the full golden set lies beside the checkout)");
        return path;
    }

    /// <summary>A golden file: the repository's copy, else the full set's.</summary>
    public static string Golden(string name)
    {
        var path = Path.Combine(Root, "tests", "golden", name);
        return File.Exists(path) ? path : SharedGolden(name);
    }

    /// <summary>A file of the specification: the repository's copy, else the one beside the checkout.</summary>
    public static string Spec(string name)
    {
        var path = Path.Combine(Root, "tests", "golden", name);
        if (!File.Exists(path))
        {
            path = Path.GetFullPath(Path.Combine(Root, "..", "shared", "spec", name));
        }

        Assert.SkipUnless(File.Exists(path), $"{path} is not there (the specification lies beside the checkout)");
        return path;
    }

    /// <summary>A file of the demo model: the repository's copy, else the one beside the checkout.</summary>
    public static string Demo(string name)
    {
        var path = Path.Combine(Root, "assets", "demo-world-model", name);
        if (!File.Exists(path))
        {
            path = Path.GetFullPath(Path.Combine(Root, "..", "shared", "demo-world-model", name));
        }

        Assert.SkipUnless(File.Exists(path), $"{path} is not there (the demo world model)");
        return path;
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var directory = Path.GetDirectoryName(here);
        while (directory is not null && !File.Exists(Path.Combine(directory, "WorldModelActors.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("no WorldModelActors.sln above the tests");
    }
}
