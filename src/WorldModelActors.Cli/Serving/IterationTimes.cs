using System.Text.Json.Nodes;
using WorldModelActors.Rollout;

namespace WorldModelActors.Cli;

/// <summary>What an iteration took, as the counters of its commit.</summary>
internal static class IterationTimes
{
    /// <summary>The whole iteration, in seconds.</summary>
    public const string Seconds = "seconds";

    /// <summary>Phases, in the order of an iteration. They overlap with those of neighbours.</summary>
    public static IReadOnlyList<string> Phases { get; } = ["embed", "policy", "world", "decode", "write"];

    public static JsonObject ToJson(TimeSpan elapsed, PhaseTimes times) => new()
    {
        [Seconds] = elapsed.TotalSeconds,
        ["embed"] = times.Embed.TotalSeconds,
        ["policy"] = times.Policy.TotalSeconds,
        ["world"] = times.World.TotalSeconds,
        ["decode"] = times.Decode.TotalSeconds,
        ["write"] = times.Write.TotalSeconds,
    };

    /// <summary>The sum of a counter; iterations without it count nothing.</summary>
    public static double Sum(IEnumerable<JsonObject> counters, string name) => counters.Sum(c => (double?)c[name] ?? 0);
}
