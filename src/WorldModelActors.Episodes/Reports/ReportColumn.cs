using System.Globalization;

namespace WorldModelActors.Episodes;

/// <summary>A column of the table of variants, for people.</summary>
/// <param name="Title">Its head.</param>
/// <param name="Cell">Its text for a variant.</param>
/// <param name="IsNumber">To the right.</param>
/// <param name="IsDetail">Left out where there is little room.</param>
public sealed record ReportColumn(string Title, Func<ReportVariant, string> Cell, bool IsNumber = true, bool IsDetail = false)
{
    /// <summary>The columns that a report has something to say in.</summary>
    public static IReadOnlyList<ReportColumn> Of(SweepReport report)
    {
        var names = report.Variants.SelectMany(variant => variant.Values.Keys).Distinct(StringComparer.Ordinal).ToList();
        List<ReportColumn> columns = names.Count == 0
            ? [new("variant", variant => variant.Name, IsNumber: false)]
            : [.. names.Select(name => new ReportColumn(name, variant => variant.Values.GetValueOrDefault(name) ?? ""))];
        columns.Add(new("done", variant => string.Create(CultureInfo.InvariantCulture, $"{variant.Completed}/{variant.Episodes}")));
        if (report.Variants.Any(variant => variant.Failed > 0))
        {
            columns.Add(new("failed", variant => variant.Failed.ToString(CultureInfo.InvariantCulture)));
        }

        columns.Add(new("iter/s", variant => ReportText.Digits(variant.IterationsPerSecond)));
        columns.Add(new("frames/s", variant => ReportText.Digits(variant.FramesPerSecond)));
        columns.AddRange(ReportVariant.Phases.Select(phase => new ReportColumn(phase + " s", variant => ReportText.Digits(variant.PhaseSeconds[phase]), IsDetail: true)));
        if (report.HasQuality)
        {
            columns.Add(new("PSNR dB", variant => variant.IsReference && variant.Compared == 0 ? "ref." : ReportText.Number(variant.Psnr, 2)));
            columns.Add(new("SSIM", variant => ReportText.Number(variant.Ssim, 4)));
            columns.Add(new("action RMSE", variant => ReportText.Digits(variant.ActionRmse)));
            columns.Add(new("state RMSE", variant => ReportText.Digits(variant.StateRmse)));
        }

        if (report.HasSimulation)
        {
            columns.Add(new("true PSNR", variant => ReportText.Number(variant.TruePsnr, 2)));
            columns.Add(new("true SSIM", variant => ReportText.Number(variant.TrueSsim, 4), IsDetail: true));
            columns.Add(new("goal px", variant => ReportText.Number(variant.GoalError, 2)));
            columns.Add(new("success", variant => variant.Simulated == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{variant.Successes}/{variant.Simulated}")));
        }

        return columns;
    }
}
