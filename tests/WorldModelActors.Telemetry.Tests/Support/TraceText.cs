using System.Text.Json.Nodes;

namespace WorldModelActors.Telemetry.Tests;

/// <summary>A trace, read back.</summary>
internal static class TraceText
{
    public static IReadOnlyList<JsonNode> Parse(string text) => [.. JsonNode.Parse(text)!.AsArray().Select(e => e!)];

    public static IEnumerable<JsonNode> Of(this IEnumerable<JsonNode> events, string kind) => events.Where(e => (string)e["ph"]! == kind);

    public static string Name(this JsonNode e) => (string)e["name"]!;

    public static string NameOfThread(this IReadOnlyList<JsonNode> events, JsonNode span) => (string)events.Of("M")
        .Single(m => m.Name() == "thread_name" && (int)m["pid"]! == (int)span["pid"]! && (int)m["tid"]! == (int)span["tid"]!)["args"]!["name"]!;

    public static string NameOfProcess(this IReadOnlyList<JsonNode> events, JsonNode span) => (string)events.Of("M")
        .Single(m => m.Name() == "process_name" && (int)m["pid"]! == (int)span["pid"]!)["args"]!["name"]!;
}
