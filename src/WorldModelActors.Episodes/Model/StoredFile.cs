using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>What a file of an episode is.</summary>
public enum StoredFileKind
{
    /// <summary>The observation queues after an iteration.</summary>
    Queue,

    /// <summary>The frames of one iteration.</summary>
    Segment,

    /// <summary>A result of the whole episode: its video, trajectory, contact sheet, record.</summary>
    Result,
}

/// <summary>A file as the journal knows it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name inside the episode's folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its checksum, in lower-case hexadecimal digits.</param>
public sealed record StoredFile(StoredFileKind Kind, string Name, long Bytes, string Sha256)
{
    internal static JsonArray ToJson(IEnumerable<StoredFile> files) => [.. files.Select(file => (JsonNode)new JsonObject
    {
        ["kind"] = file.Kind.ToString(),
        ["name"] = file.Name,
        ["bytes"] = file.Bytes,
        ["sha256"] = file.Sha256,
    })];

    internal static IReadOnlyList<StoredFile> FromJson(string text) => FromJson(JsonNode.Parse(text)!.AsArray());

    internal static IReadOnlyList<StoredFile> FromJson(JsonArray items) =>
    [
        .. items.Select(item => new StoredFile(
            Enum.Parse<StoredFileKind>((string)item!["kind"]!), (string)item["name"]!, (long)item["bytes"]!, (string)item["sha256"]!)),
    ];
}
