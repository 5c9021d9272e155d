using System.Text.Json;

namespace WorldModelActors.Models.Tests.Checkpoints;

/// <summary>Checkpoint files for the tests: the reference implementation's, and bytes made up on purpose.</summary>
internal static class CheckpointFiles
{
    /// <summary>A file of the micro model's golden set; skips the test with the reason where it is not there.</summary>
    public static string Micro(string name) => RepositoryFiles.Golden($"micro/{name}");

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
}

/// <summary>Shape, dtype and digest of one tensor of the micro model.</summary>
internal sealed record ManifestEntry(long[] Shape, string Dtype, string Sha256);
