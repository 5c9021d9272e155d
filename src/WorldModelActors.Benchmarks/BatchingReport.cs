using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorldModelActors.Rollout;

namespace WorldModelActors.Benchmarks;

/// <summary>Result of <see cref="BatchingBenchmark"/>.</summary>
/// <param name="Machine">Where.</param>
/// <param name="When">When, in UTC.</param>
/// <param name="Rounds">Rounds, of which the median is given.</param>
/// <param name="Rows">Measurements.</param>
public sealed record BatchingReport(Machine Machine, DateTime When, int Rounds, IReadOnlyList<BatchingRow> Rows)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>A table of plain text.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine($"{Machine.Processor}, {Machine.Cores} logical processors; device {Machine.Device}");
        output.WriteLine($"{Machine.System}, {Machine.Runtime}, libtorch {Machine.LibTorch}");
        output.WriteLine($"per second, median of {Rounds} rounds; in brackets against calls of one");
        output.WriteLine();
        var batches = Rows.Select(r => r.Batch).Distinct().ToList();
        output.WriteLine($"{"items in a call",-28}{string.Concat(batches.Select(b => $"{b,16}"))}");
        foreach (var rows in Rows.GroupBy(r => (r.Work, r.Threads)))
        {
            var name = rows.Key.Work == BatchingWork.Decode ? "frames decoded" : "observations embedded";
            var line = $"{name}, {rows.Key.Threads} thread{(rows.Key.Threads == 1 ? "" : "s")}";
            output.WriteLine($"{line,-28}{string.Concat(rows.Select(r => Cell(r)))}");
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, s_json) + "\n";

    public void Save(string file) => File.WriteAllText(file, ToJson());

    private static string Cell(BatchingRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.PerSecond:F1} ({row.Ratio:F2})").PadLeft(16);
}
