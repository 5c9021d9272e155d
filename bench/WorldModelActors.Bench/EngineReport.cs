using System.Globalization;
using System.Text.Json;

namespace WorldModelActors.Bench;

/// <summary>One kind of traffic.</summary>
/// <param name="Case">What.</param>
/// <param name="PerSecond">Messages per second by engine, median.</param>
public sealed record EngineRow(string Case, IReadOnlyDictionary<string, double> PerSecond);

/// <summary>Result of <see cref="EngineBenchmark"/>.</summary>
/// <param name="Machine">Where.</param>
/// <param name="When">When, in UTC.</param>
/// <param name="Messages">Messages of each measurement.</param>
/// <param name="Rows">One for each kind of traffic.</param>
public sealed record EngineReport(Machine Machine, DateTime When, int Messages, IReadOnlyList<EngineRow> Rows)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public void Print(TextWriter output)
    {
        output.WriteLine($"{Machine.Processor}, {Machine.Cores} logical processors");
        output.WriteLine($"{Machine.System}, {Machine.Runtime}; {Messages} messages each, medians, thousands of messages per second");
        output.WriteLine();
        var engines = Rows[0].PerSecond.Keys.ToArray();
        output.WriteLine($"{string.Empty,-38}{string.Concat(engines.Select(engine => $"{engine,12}"))}");
        foreach (var row in Rows)
        {
            output.WriteLine($"{row.Case,-38}{string.Concat(engines.Select(engine => $"{(row.PerSecond[engine] / 1000).ToString("0.0", CultureInfo.InvariantCulture),12}"))}");
        }
    }

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");
}
