using WorldModelActors.Media;

namespace WorldModelActors.Episodes;

/// <summary>The charts of a report.</summary>
internal static class ReportCharts
{
    /// <summary>A chart for each subject that the report has numbers of.</summary>
    public static IReadOnlyList<(string Name, string Title, (int Width, int Height) Size, Action<IDrawing> Draw)> Of(SweepReport report)
    {
        var charts = new List<(string, string, (int, int), Action<IDrawing>)>();
        if (report.Variants.All(variant => variant.Completed == 0))
        {
            return charts;
        }

        var throughput = Throughput(report);
        charts.Add(("throughput", "Throughput", throughput.Size, throughput.Draw));
        var phases = new PhaseChart(report);
        charts.Add(("phases", "Seconds of an iteration, by phase", phases.Size, phases.Draw));
        if (report.HasQuality)
        {
            var quality = Quality(report);
            charts.Add(("quality", "Quality against the reference", quality.Size, quality.Draw));
        }

        if (report.HasSimulation)
        {
            var simulation = Simulation(report);
            charts.Add(("simulation", "Actions executed in the demo simulator", simulation.Size, simulation.Draw));
        }

        return charts;
    }

    private static PanelChart Throughput(SweepReport report) => new(
        report, $"Throughput: {report.Sweep.Name}", "of one episode while it ran; mean over completed episodes, longer is better",
        [
            new ChartPanel("frames per second", Values(report, variant => variant.FramesPerSecond), ReportText.Digits, ChartStyle.Blue),
            new ChartPanel("iterations per second", Values(report, variant => variant.IterationsPerSecond), ReportText.Digits, ChartStyle.Teal),
        ]);

    private static PanelChart Quality(SweepReport report)
    {
        string? Reference(int row) => report.Variants[row] is { IsReference: true, Compared: 0 } ? "reference" : null;
        string? Blank(int row) => Reference(row) is null ? null : "";
        return new PanelChart(
            report, $"Quality against {string.Join(' ', report.Reference!.Select(pair => $"{pair.Key}={pair.Value}"))}: {report.Sweep.Name}",
            "of the same prompt and seed; PSNR and SSIM of the encoded frames: more is closer; RMSE in robot units: less is closer",
            [
                new ChartPanel("PSNR, dB", Values(report, variant => variant.Psnr), value => ReportText.Number(value, 2), ChartStyle.Blue) { IsMarks = true, Instead = Reference },
                new ChartPanel("SSIM", Values(report, variant => variant.Ssim), value => ReportText.Number(value, 3), ChartStyle.Teal) { IsMarks = true, Most = 1, Instead = Blank },
                new ChartPanel("action RMSE", Values(report, variant => variant.ActionRmse), ReportText.Digits, ChartStyle.Orange) { Instead = Blank },
                new ChartPanel("state RMSE", Values(report, variant => variant.StateRmse), ReportText.Digits, ChartStyle.Violet) { Instead = Blank },
            ]);
    }

    private static PanelChart Simulation(SweepReport report) => new(
        report, $"Actions executed in the demo simulator: {report.Sweep.Name}", "from each prompt's true start; solved: less than 2 px left to do; PSNR of the imagined frames against what really follows",
        [
            new ChartPanel("episodes solved", Values(report, variant => variant.SuccessRate), ReportText.Percent, ChartStyle.Teal) { Most = 1 },
            new ChartPanel("left to do, px (mean)", Values(report, variant => variant.GoalError), value => ReportText.Number(value, 1), ChartStyle.Orange),
            new ChartPanel("PSNR to the truth, dB", Values(report, variant => variant.TruePsnr), value => ReportText.Number(value, 2), ChartStyle.Blue) { IsMarks = true },
        ]);

    private static IReadOnlyList<double> Values(SweepReport report, Func<ReportVariant, double> value) => [.. report.Variants.Select(value)];
}
