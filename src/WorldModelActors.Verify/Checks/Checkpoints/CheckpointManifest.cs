using System.Security.Cryptography;
using System.Text.Json;
using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>Shape, type and digest of every tensor of a checkpoint, as the reference wrote them.</summary>
internal sealed class CheckpointManifest
{
    public const string FileName = "manifest.json";

    private const int DigestDigits = 32;
    private readonly Dictionary<string, (long[] Shape, string Type, string Digest)> _tensors;

    private CheckpointManifest(Dictionary<string, (long[] Shape, string Type, string Digest)> tensors) => _tensors = tensors;

    public IEnumerable<string> Names => _tensors.Keys;

    public int Count => _tensors.Count;

    public static CheckpointManifest Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return new CheckpointManifest(document.RootElement.EnumerateObject().ToDictionary(
            t => t.Name,
            t => (
                t.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64()).ToArray(),
                t.Value.GetProperty("dtype").GetString()!,
                t.Value.GetProperty("sha256").GetString()!),
            StringComparer.Ordinal));
    }

    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>What is wrong with a tensor, or null: shape, type and bytes are those of the manifest.</summary>
    public string? Difference(Checkpoint checkpoint, CheckpointEntry entry)
    {
        if (!_tensors.TryGetValue(entry.Name, out var expected))
        {
            return "not in the manifest";
        }

        if (!entry.Shape.SequenceEqual(expected.Shape))
        {
            return $"shape [{string.Join(", ", entry.Shape)}], recorded [{string.Join(", ", expected.Shape)}]";
        }

        if (entry.Type.TorchName() != expected.Type)
        {
            return $"{entry.Type.TorchName()}, recorded {expected.Type}";
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(checkpoint.Bytes(entry)))[..DigestDigits];
        return digest == expected.Digest[..Math.Min(DigestDigits, expected.Digest.Length)] ? null : "other bytes";
    }
}
