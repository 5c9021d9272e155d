using System.Globalization;
using System.Text.Json;

namespace WorldModelActors.Bench;

/// <summary>One measure over several seeds.</summary>
/// <param name="Runs">The figure of seed 1, 2, ...</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their sample standard deviation; 0 for a single one.</param>
/// <param name="Reference">What the model's README gives for the reference implementation, one run; null where it gives none.</param>
public sealed record QualityFigure(IReadOnlyList<double> Runs, double Mean, double Deviation, double? Reference)
{
    public double Lowest => Runs.Min();

    public double Highest => Runs.Max();

    /// <summary>How far the reference's run lies above the mean, in standard deviations of one run; null without either.</summary>
    public double? Deviations => Reference is { } reference && Deviation > 0 ? (reference - Mean) / Deviation : null;

    /// <param name="runs">At least one.</param>
    /// <param name="reference">The README's figure.</param>
    public static QualityFigure Of(IReadOnlyList<double> runs, double? reference)
    {
        var mean = runs.Average();
        var deviation = runs.Count > 1 ? Math.Sqrt(runs.Sum(r => (r - mean) * (r - mean)) / (runs.Count - 1)) : 0;
        return new QualityFigure(runs, mean, deviation, reference);
    }
}

/// <summary>Quality of one kind of run.</summary>
/// <param name="DdimSteps">Denoising steps.</param>
/// <param name="DdimEta">Eta.</param>
/// <param name="Frames">Frames from the start on that count.</param>
/// <param name="Psnr">Decibels.</param>
/// <param name="Ssim">1 for equal frames.</param>
public sealed record QualityRow(int DdimSteps, double DdimEta, int Frames, QualityFigure Psnr, QualityFigure Ssim);

/// <summary>Result of <see cref="QualityBenchmark"/>.</summary>
/// <param name="Machine">Where.</param>
/// <param name="When">When, in UTC.</param>
/// <param name="Seeds">Seeds 1 to this number.</param>
/// <param name="Rows">One for each kind of run.</param>
public sealed record QualityReport(Machine Machine, DateTime When, int Seeds, IReadOnlyList<QualityRow> Rows)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Two tables in Markdown.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine($"{Machine.Processor}; device {Machine.Device}; libtorch {Machine.LibTorch}; seeds 1 to {Seeds}");
        Table(output, "PSNR", "0.00", row => row.Psnr);
        Table(output, "SSIM", "0.0000", row => row.Ssim);
    }

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, s_json) + "\n");

    private void Table(TextWriter output, string title, string format, Func<QualityRow, QualityFigure> pick)
    {
        string[] head = [title, "frames", "mean", "sd", "min", "max", "README", "mean - README", "README off by"];
        List<string[]> cells = [head];
        foreach (var row in Rows)
        {
            var f = pick(row);
            string Number(double? value, string? sign = null) =>
                value is { } v ? v.ToString(sign is null ? format : $"+{format};-{format}", CultureInfo.InvariantCulture) : "";
            cells.Add(
            [
                string.Create(CultureInfo.InvariantCulture, $"{row.DdimSteps} steps, eta {row.DdimEta}"),
                row.Frames.ToString(CultureInfo.InvariantCulture),
                Number(f.Mean), Number(f.Deviation), Number(f.Lowest), Number(f.Highest), Number(f.Reference),
                Number(f.Mean - f.Reference, "+"),
                f.Deviations is { } d ? d.ToString("+0.0;-0.0", CultureInfo.InvariantCulture) + " sd" : "",
            ]);
        }

        int[] widths = [.. head.Select((_, column) => cells.Max(line => line[column].Length))];
        void Line(IEnumerable<string> line) => output.WriteLine($"| {string.Join(" | ", line)} |");
        output.WriteLine();
        Line(head.Select((cell, i) => cell.PadRight(widths[i])));
        Line(widths.Select((width, i) => i == 0 ? new string('-', width) : new string('-', width - 1) + ":"));
        foreach (var line in cells.Skip(1))
            Line(line.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
    }
}
