using System.Globalization;
using System.Text;

namespace WorldModelActors.Episodes;

/// <summary>Reports as CSV (RFC 4180, points as decimal marks), every digit.</summary>
public static class ReportCsv
{
    /// <summary>One row for each episode.</summary>
    public static string OfEpisodes(SweepReport report)
    {
        var axes = report.Episodes.SelectMany(episode => episode.Spec.Variant.Keys).Distinct(StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        Line(text,
        [
            "id", "name", "dataset", "videoid", "instruction", "seed", "repeat", "frame_stride", .. axes.Select(axis => "variant." + axis), "state", "is_reference", "frames", "iterations",
            "owners", "seconds", "iterations_per_second", "frames_per_second", .. ReportVariant.Phases.Select(phase => phase + "_seconds"), "compared_frames", "psnr_db", "ssim", "action_rmse",
            "state_rmse", "start_error_px", "goal_error_px", "success", "true_psnr_db", "true_ssim", "node", "model", "note",
        ]);
        foreach (var episode in report.Episodes)
        {
            var (view, spec, summary, comparison) = (episode.View, episode.Spec, episode.Summary, episode.Comparison);
            Line(text,
            [
                view.Id, view.Name, spec.Dataset, spec.VideoId, summary?.Instruction ?? "", spec.Settings.GetValueOrDefault("wma.rollout.seed") ?? "", Number(spec.Repeat), Number(spec.FrameStride),
                .. axes.Select(axis => spec.Variant.GetValueOrDefault(axis) ?? ""), view.State.ToString().ToLowerInvariant(), episode.IsReference ? "1" : "0", Number(summary?.Frames), Number(summary?.Iterations),
                Number(summary?.Owners), ReportText.Exact(summary?.Seconds), ReportText.Exact(summary?.Iterations / summary?.Seconds), ReportText.Exact(summary?.Frames / summary?.Seconds),
                .. ReportVariant.Phases.Select(phase => summary is null ? "" : ReportText.Exact(summary.Phases.GetValueOrDefault(phase))), Number(comparison?.Frames),
                ReportText.Exact(comparison?.Psnr), ReportText.Exact(comparison?.Ssim), ReportText.Exact(comparison?.ActionRmse), ReportText.Exact(comparison?.StateRmse),
                ReportText.Exact(episode.Simulated?.StartError), ReportText.Exact(episode.Simulated?.GoalError), episode.Simulated is { } outcome ? outcome.Success ? "1" : "0" : "",
                ReportText.Exact(episode.Simulated?.Psnr), ReportText.Exact(episode.Simulated?.Ssim),
                view.Node ?? "", summary?.Model ?? "", episode.Note ?? "",
            ]);
        }

        return text.ToString();
    }

    /// <summary>One row for each variant.</summary>
    public static string OfVariants(SweepReport report)
    {
        var axes = report.Variants.SelectMany(variant => variant.Values.Keys).Distinct(StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        Line(text,
        [
            "variant", .. axes, "is_reference", "episodes", "completed", "failed", "iterations_per_second", "frames_per_second",
            .. ReportVariant.Phases.Select(phase => phase + "_seconds_per_iteration"), "compared", "psnr_db", "ssim", "action_rmse", "state_rmse", "simulated", "goal_error_px", "successes", "success_rate", "true_psnr_db", "true_ssim",
        ]);
        foreach (var variant in report.Variants)
        {
            Line(text,
            [
                variant.Name, .. axes.Select(axis => variant.Values.GetValueOrDefault(axis) ?? ""), variant.IsReference ? "1" : "0", Number(variant.Episodes), Number(variant.Completed), Number(variant.Failed),
                ReportText.Exact(variant.IterationsPerSecond), ReportText.Exact(variant.FramesPerSecond), .. ReportVariant.Phases.Select(phase => ReportText.Exact(variant.PhaseSeconds[phase])),
                Number(variant.Compared), ReportText.Exact(variant.Psnr), ReportText.Exact(variant.Ssim), ReportText.Exact(variant.ActionRmse), ReportText.Exact(variant.StateRmse), Number(variant.Simulated),
                ReportText.Exact(variant.GoalError), Number(variant.Successes), ReportText.Exact(variant.SuccessRate), ReportText.Exact(variant.TruePsnr),
                ReportText.Exact(variant.TrueSsim),
            ]);
        }

        return text.ToString();
    }

    /// <summary>Appends a line of cells; those that need it are quoted.</summary>
    internal static void Line(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    internal static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
