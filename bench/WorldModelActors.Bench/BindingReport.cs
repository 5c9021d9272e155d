using System.Globalization;
using System.Text.Json;

namespace WorldModelActors.Bench;

/// <summary>Result of <see cref="BindingBenchmark"/>.</summary>
/// <param name="Machine">Where.</param>
/// <param name="When">When, in UTC.</param>
/// <param name="Calls">Microseconds per call by what is called.</param>
public sealed record BindingReport(Machine Machine, DateTime When, IReadOnlyDictionary<string, Timing> Calls)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public void Print(TextWriter output)
    {
        output.WriteLine($"{Machine.Processor}, {Machine.Cores} logical processors, one thread; device {Machine.Device}");
        output.WriteLine($"{Machine.System}, {Machine.Runtime}, libtorch {Machine.LibTorch}");
        output.WriteLine();
        var width = Calls.Keys.Max(k => k.Length);
        output.WriteLine($"{"us per call".PadRight(width)}  {"median",8}  {"fastest",8}  {"slowest",8}");
        foreach (var (name, t) in Calls)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name.PadRight(width)}  {t.Median,8:F2}  {t.Fastest,8:F2}  {t.Slowest,8:F2}"));
        if (Machine.Device != "cpu")
            return;
        var (slowest, timing) = Calls.Where(c => c.Key != BindingBenchmark.Convolution).MaxBy(c => c.Value.Median);
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"goal {BindingBenchmark.Goal:F0} us a call: {(timing.Median <= BindingBenchmark.Goal ? "met" : "missed")} (slowest: {slowest}, {timing.Median:F2} us)"));
    }

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");
}
