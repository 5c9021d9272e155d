using System.Globalization;
using System.Text.Json;

namespace WorldModelActors.Benchmarks;

/// <summary>The report for people and for programs.</summary>
public static class OverlapText
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly (string Side, string Name)[] s_sides =
    [
        (OverlapBenchmark.Original, "(a) original loop"),
        (OverlapBenchmark.Pipeline, "(b) pipeline"),
        (OverlapBenchmark.Sequence, "(a) in sequence"),
        (OverlapBenchmark.Shared, "(c) all at once"),
    ];

    /// <summary>How a side is called.</summary>
    public static string NameOf(string side) => s_sides.First(s => s.Side == side).Name;

    public static string ToJson(this OverlapReport report) => JsonSerializer.Serialize(report, s_json) + "\n";

    /// <summary>Tables of plain text.</summary>
    public static void Print(this OverlapReport report, TextWriter output)
    {
        output.WriteLine($"{report.Machine.Processor}, {report.Machine.Cores} logical processors; device {report.Machine.Device}");
        output.WriteLine($"{report.Machine.System}, {report.Machine.Runtime}, libtorch {report.Machine.LibTorch}");
        output.WriteLine($"{report.Iterations} iterations; medians of {report.Repeats}");
        foreach (var one in report.Cases)
            Print(one, report.Episodes, output);
        if (report.Memory.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Memory (1 denoising step, 16 executed steps), most over what was resident before:");
            foreach (var row in report.Memory)
                output.WriteLine($"  {NameOf(row.Side),-20}{row.Iterations,4} iterations {MiB(row.PeakBytes),8} MiB resident, {MiB(row.StoreBytes),6} MiB in handles");
        }
        output.WriteLine();
        output.WriteLine(report.FramesAgree
            ? $"Every frame is the original loop's (PSNR at least {Psnr(report.Cases.Min(c => c.LeastPsnr))})."
            : $"FRAMES DIFFER: least PSNR {Psnr(report.Cases.Min(c => c.LeastPsnr))}, it must be {OverlapOptions.LeastPsnr} dB.");
    }

    private static void Print(OverlapCase one, int episodes, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{one.DdimSteps} denoising steps in each of the two calls, {one.ExecuteSteps} executed {(one.ExecuteSteps == 1 ? "frame" : "frames")} an iteration");
        output.WriteLine($"  {"",-20}{"episodes",9}{"threads",9}{"seconds",10}{"fastest",10}{"cpu s",10}{"decoded",9}{"written",9}{"peak MiB",10}{"store MiB",11}");
        foreach (var m in one.Measurements.OrderBy(m => Array.FindIndex(s_sides, s => s.Side == m.Side)).ThenBy(m => m.Threads))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {NameOf(m.Side),-20}{m.Episodes,9}{m.Threads,9}{m.Median,10:0.000}{m.Seconds.Min(),10:0.000}{m.ProcessorSeconds,10:0.000}{m.FramesDecoded,9}{m.FramesWritten,9}{MiB(m.PeakBytes),10}{MiB(m.StoreBytes),11}"));
        }
        foreach (var side in new[] { OverlapBenchmark.Pipeline, OverlapBenchmark.Shared }.Where(s => one.Measurements.Any(m => m.Side == s && m.Lanes.Count > 0)))
        {
            var best = one.Best(side);
            output.WriteLine($"  lanes of {NameOf(side)}, {best.Threads} threads: {string.Join(", ", best.Lanes.Select(l => $"{l.Lane} {Share(l.Share)}"))}");
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  one episode: {one.Ratio:0.00} times faster"));
        if (one.SharedRatio > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {episodes} episodes: {one.SharedRatio:0.00} times faster"));
        output.WriteLine($"  frames: least PSNR {Psnr(one.LeastPsnr)}, {Share(one.EqualFrames)} equal to the bit");
    }

    private static string Psnr(double value) =>
        value >= OverlapCase.Identical ? "infinite (all equal)" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} dB");

    private static string Share(double value) => value.ToString("P0", CultureInfo.InvariantCulture);

    private static string MiB(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
}
