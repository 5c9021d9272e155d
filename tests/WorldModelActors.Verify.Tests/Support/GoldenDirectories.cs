using System.Runtime.CompilerServices;

namespace WorldModelActors.Verify.Tests;

/// <summary>The directories that are verified.</summary>
internal static class GoldenDirectories
{
    public static string Root { get; } = FindRoot();

    /// <summary>The repository's copy of a golden set, without the model and what needs it.</summary>
    public static string Repository { get; } = Path.Combine(Root, "tests", "golden");

    /// <summary>The full set beside the checkout; not everywhere.</summary>
    public static string Full { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared", "golden"));

    /// <summary>The demo world model with its recorded rollout.</summary>
    public static string Demo { get; } = Path.Combine(Root, "assets", "demo-world-model");

    /// <summary>The standard CLIP merges beside the checkout; null where they are not.</summary>
    public static string? Vocabulary { get; } = Existing(Path.Combine(Root, "..", "shared", "clip-vocab", "bpe_simple_vocab_16e6.txt.gz"));

    private static string? Existing(string path) => File.Exists(path) ? Path.GetFullPath(path) : null;

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
