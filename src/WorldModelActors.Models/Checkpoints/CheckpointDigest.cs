using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace WorldModelActors.Models;

/// <summary>
/// Names a checkpoint by its content: SHA-256 of all its bytes. Large files take a while to read, so results are remembered in
/// <c>wma/checkpoint-digests.json</c> below the user's cache folder, by path, size and time of last change.
/// </summary>
public static class CheckpointDigest
{
    private const int MostRemembered = 100;

    /// <summary>SHA-256 of a file, lower-case hexadecimal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cacheFolder">Where results are remembered; null: below <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public static async Task<string> OfAsync(string path, string? cacheFolder = null, CancellationToken cancellation = default)
    {
        try
        {
            var file = new FileInfo(path);
            var key = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
            var cache = Path.Combine(cacheFolder ?? DefaultCacheFolder(), "checkpoint-digests.json");
            var known = Recall(cache);
            if (known.TryGetValue(key, out var digest))
            {
                return digest;
            }

            var stream = new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan | FileOptions.Asynchronous, BufferSize = 1 << 20 });
            await using (stream.ConfigureAwait(false))
            {
                digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
            }

            Remember(cache, key, digest);
            return digest;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {cause.Message}", cause);
        }
    }

    private static string DefaultCacheFolder()
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(root) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache") : root, "wma");
    }

    /// <summary>A cache that is missing or damaged is an empty one.</summary>
    private static Dictionary<string, string> Recall(string cache)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(cache)) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    /// <summary>Where it cannot be written, the next run reads the checkpoint again.</summary>
    private static void Remember(string cache, string key, string digest)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(cache)!);
            var entries = Recall(cache);
            if (entries.Count >= MostRemembered)
            {
                entries.Clear();
            }

            entries[key] = digest;
            var part = $"{cache}.{Environment.ProcessId}.part";
            File.WriteAllText(part, JsonSerializer.Serialize(entries));
            File.Move(part, cache, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
