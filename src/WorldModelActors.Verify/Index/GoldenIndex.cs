using System.Text.Json;

namespace WorldModelActors.Verify;

/// <summary>The files of a golden set, or of a model directory with a recorded rollout.</summary>
internal static class GoldenIndex
{
    public const string FileName = "index.json";

    private const string Weights = "model.safetensors";
    private const string Prompts = "prompts/";
    private const string Rollout = "golden_rollout.safetensors";

    /// <exception cref="VerifyException">The directory is neither, or its index cannot be read.</exception>
    public static IReadOnlyList<GoldenEntry> Load(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new VerifyException($"{directory}: no such directory; give a golden set (with {FileName}) or a model directory with {Rollout}");
        }

        var path = Path.Combine(directory, FileName);
        if (File.Exists(path))
        {
            return Read(path);
        }

        return File.Exists(Path.Combine(directory, Rollout))
            ? OfModel(directory)
            : throw new VerifyException($"{directory}: holds neither {FileName} (a golden set) nor {Rollout} (a model directory), nothing to verify");
    }

    private static IReadOnlyList<GoldenEntry> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path));
            return [.. document.RootElement.EnumerateObject().Select(Entry)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new VerifyException($"{path}: cannot be read as an index of golden files: {e.Message}", e);
        }
    }

    private static GoldenEntry Entry(JsonProperty file)
    {
        string Text(string name) => file.Value.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        var parameters = file.Value.TryGetProperty("params", out var found) && found.ValueKind == JsonValueKind.Object
            ? GoldenParameters.Of(found)
            : GoldenParameters.None;

        // A file with very many tensors has a sentence in the place of its list.
        IReadOnlyList<string> tensors = file.Value.TryGetProperty("tensors", out var list) && list.ValueKind == JsonValueKind.Object
            ? [.. list.EnumerateObject().Select(t => t.Name)]
            : [];
        return new GoldenEntry(file.Name, Text("what"), Text("upstream"), parameters, tensors);
    }

    /// <summary>A model directory says what its rollout is in the rollout's metadata.</summary>
    private static IReadOnlyList<GoldenEntry> OfModel(string directory)
    {
        using var rollout = SafetensorsFile.Open(Path.Combine(directory, Rollout));
        return
        [
            new GoldenEntry(Weights, "complete state_dict", "", GoldenParameters.None, []),
            new GoldenEntry(Prompts, "prompt directory", "", GoldenParameters.None, []),
            new GoldenEntry(Rollout, "interaction loop on prompts/", RolloutCheck.Function, new GoldenParameters(rollout.Metadata), [.. rollout.Entries.Select(e => e.Name)]),
        ];
    }
}
