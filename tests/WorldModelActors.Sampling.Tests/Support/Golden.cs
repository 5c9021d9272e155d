namespace WorldModelActors.Sampling.Tests;

/// <summary>Golden files made by the reference implementation: tests/golden, or the whole set beside the checkout.</summary>
internal static class Golden
{
    /// <summary>Opens a golden file; the test is skipped where it is kept outside the repository and not there.</summary>
    public static SafetensorsFile Open(string name)
    {
        var root = RepositoryRoot();
        string[] candidates = [Path.Combine(root, "tests", "golden", name), Path.Combine(root, "..", "shared", "golden", name)];
        var path = Array.Find(candidates, File.Exists);
        Assert.SkipWhen(path is null, $"golden file {name} is neither in tests/golden nor in ../shared/golden");
        return SafetensorsFile.Open(path!);
    }

    /// <summary>The tensor <paramref name="name"/> on the CPU, in the caller's dispose scope.</summary>
    public static Tensor Tensor(this SafetensorsFile file, string name) =>
        tensor(file.ReadFloats(name), file.Entry(name).Shape.ToArray());

    /// <summary>Row <paramref name="index"/> of the stacked tensor <paramref name="name"/>.</summary>
    public static Tensor Row(this SafetensorsFile file, string name, int index)
    {
        var shape = file.Entry(name).Shape.Skip(1).ToArray();
        var size = (int)shape.Aggregate(1L, (a, b) => a * b);
        return tensor(file.ReadFloats(name).AsSpan(index * size, size).ToArray(), shape);
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Directory.Packages.props")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("the tests run outside the repository");
    }
}
