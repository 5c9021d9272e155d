using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>
/// Numbers of a completed episode, for reports (<see cref="EpisodeResultFiles.Summary"/>). Times are sums over its iterations, whoever
/// made them.
/// </summary>
public sealed record EpisodeSummary
{
    /// <summary>Executed frames, each once.</summary>
    public required int Frames { get; init; }

    /// <summary>Iterations.</summary>
    public required int Iterations { get; init; }

    /// <summary>Owners that committed iterations of it.</summary>
    public required int Owners { get; init; }

    /// <summary>Seconds from the first observation to the last iteration, pauses between owners left out.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds by phase: <c>embed</c>, <c>policy</c>, <c>world</c>, <c>decode</c>, <c>write</c>. They overlap.</summary>
    public required IReadOnlyDictionary<string, double> Phases { get; init; }

    /// <summary>What the robot was told.</summary>
    public required string Instruction { get; init; }

    /// <summary>SHA-256 of the model's weights, or the seed of random ones.</summary>
    public required string Model { get; init; }

    /// <summary>As JSON, for the store.</summary>
    public JsonObject ToJson() => new()
    {
        ["frames"] = Frames,
        ["iterations"] = Iterations,
        ["owners"] = Owners,
        ["seconds"] = Seconds,
        ["phases"] = new JsonObject(Phases.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["instruction"] = Instruction,
        ["model"] = Model,
    };

    /// <summary>Reads the JSON of the store; null where it holds no such numbers.</summary>
    public static EpisodeSummary? FromJson(JsonObject json)
    {
        try
        {
            return new EpisodeSummary
            {
                Frames = (int)json["frames"]!,
                Iterations = (int)json["iterations"]!,
                Owners = (int)json["owners"]!,
                Seconds = (double)json["seconds"]!,
                Phases = json["phases"]!.AsObject().ToDictionary(pair => pair.Key, pair => (double)pair.Value!, StringComparer.Ordinal),
                Instruction = (string)json["instruction"]!,
                Model = (string)json["model"]!,
            };
        }
        catch (Exception cause) when (cause is InvalidOperationException or NullReferenceException or ArgumentNullException or FormatException)
        {
            return null;
        }
    }
}
