using System.Text.Json;

namespace WorldModelActors.Models.Tests.Checkpoints;

/// <summary>Finds the golden files: the repository's own copy, else the complete set beside the checkout.</summary>
internal static class CheckpointFiles
{
    public static readonly string Root = FindRoot();

    /// <summary>A file of the micro model's golden set.</summary>
    public static string Micro(string name) => Golden($"micro/{name}");

    /// <summary>A golden file; skips the test with the reason where it is not there.</summary>
    public static string Golden(string name)
    {
        var own = Path.Combine(Root, "tests/golden", name);
        var shared = Path.Combine(Root, "../shared/golden", name);
        Assert.SkipUnless(File.Exists(own) || File.Exists(shared), $"golden file {name} is neither in tests/golden nor in ../shared/golden");
        return File.Exists(own) ? own : shared;
    }

    public static Dictionary<string, ManifestEntry> Manifest()
        => JsonSerializer.Deserialize<Dictionary<string, ManifestEntry>>(File.ReadAllText(Micro("manifest.json")), JsonSerializerOptions.Web)!;

    /// <summary>Runs <paramref name="use"/> on a temporary file of these bytes.</summary>
    public static void Temporary(ReadOnlySpan<byte> bytes, Action<string> use, string extension = "ckpt")
    {
        var path = Path.Combine(Path.GetTempPath(), $"wma-{Guid.NewGuid():N}.{extension}");
        File.WriteAllBytes(path, bytes);
        try
        {
            use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The message with which a file of these bytes is refused, without its path.</summary>
    public static string Refusal(ReadOnlySpan<byte> bytes)
    {
        var message = "";
        Temporary(bytes, path =>
        {
            message = Assert.Throws<CheckpointException>(() => Checkpoint.Open(path).Dispose()).Message;
            Assert.StartsWith(path + ": ", message);
            message = message[(path.Length + 2)..];
        });
        return message;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "WorldModelActors.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside of the repository");
    }
}

/// <summary>Shape, dtype and digest of one tensor of the micro model.</summary>
internal sealed record ManifestEntry(long[] Shape, string Dtype, string Sha256);
