using System.Security.Cryptography;

namespace WorldModelActors.Models.Tests;

public sealed class CheckpointDigestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wma-digest-").FullName;

    [Fact]
    public async Task It_is_the_hash_of_all_bytes_and_is_remembered_until_the_file_changes()
    {
        var token = TestContext.Current.CancellationToken;
        var file = Path.Combine(_folder, "weights");
        var cache = Path.Combine(_folder, "cache");
        await File.WriteAllBytesAsync(file, [1, 2, 3], token);

        var first = await CheckpointDigest.OfAsync(file, cache, token);
        var again = await CheckpointDigest.OfAsync(file, cache, token);
        await File.WriteAllBytesAsync(file, [1, 2, 3, 4], token);
        var changed = await CheckpointDigest.OfAsync(file, cache, token);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([1, 2, 3])), first);
        Assert.Equal(first, again);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([1, 2, 3, 4])), changed);
    }

    [Fact]
    public async Task A_damaged_or_unwritable_cache_is_none()
    {
        var token = TestContext.Current.CancellationToken;
        var file = Path.Combine(_folder, "weights");
        await File.WriteAllBytesAsync(file, [7], token);
        var damaged = Directory.CreateDirectory(Path.Combine(_folder, "damaged")).FullName;
        await File.WriteAllTextAsync(Path.Combine(damaged, "checkpoint-digests.json"), "{", token);

        var expected = Convert.ToHexStringLower(SHA256.HashData([7]));
        Assert.Equal(expected, await CheckpointDigest.OfAsync(file, damaged, token));
        Assert.Equal(expected, await CheckpointDigest.OfAsync(file, Path.Combine(file, "no-folder"), token));
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var failure = await Assert.ThrowsAsync<CheckpointException>(
            () => CheckpointDigest.OfAsync(Path.Combine(_folder, "nowhere"), _folder, TestContext.Current.CancellationToken));

        Assert.Contains("nowhere", failure.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
