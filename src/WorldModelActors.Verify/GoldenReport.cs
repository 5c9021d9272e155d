using System.Globalization;

namespace WorldModelActors.Verify;

/// <summary>Results as lines of plain text.</summary>
public static class GoldenReport
{
    private const int FileColumn = 40;
    private const int CheckColumn = 42;

    /// <summary>One line: status, file, check, errors, bound, note.</summary>
    public static string Line(GoldenResult result)
    {
        var status = result.Status switch
        {
            GoldenStatus.Passed => "pass",
            GoldenStatus.Failed => "FAIL",
            _ => "skip",
        };
        var numbers = result is { MaximumAbsolute: { } absolute, RelativeL2: { } relative }
            ? $"  max abs {Number(absolute)}  relative {Number(relative)}  ({result.Tolerance})"
            : "";
        var note = result.Note is null ? "" : $"  {result.Note}";
        return $"{status}  {result.File.PadRight(FileColumn)}  {result.Check.PadRight(CheckColumn)}{numbers}{note}".TrimEnd();
    }

    /// <summary>Counts, then the worst relative error, as the last two lines of a report.</summary>
    public static IReadOnlyList<string> Summary(IReadOnlyCollection<GoldenResult> results)
    {
        int Count(GoldenStatus status) => results.Count(r => r.Status == status);
        return
        [
            $"{Count(GoldenStatus.Passed)} passed, {Count(GoldenStatus.Failed)} failed, {Count(GoldenStatus.Skipped)} skipped",
            $"worst relative error: {Number(WorstRelativeError(results))}",
        ];
    }

    /// <summary>The whole report.</summary>
    public static IEnumerable<string> Lines(IReadOnlyCollection<GoldenResult> results) => results.Select(Line).Concat(Summary(results));

    /// <summary>Largest relative L2 error of all checks that compared numbers; infinite where one is not a number.</summary>
    public static double WorstRelativeError(IEnumerable<GoldenResult> results) =>
        results.Select(r => r.RelativeL2 ?? 0).Select(e => double.IsNaN(e) ? double.PositiveInfinity : e).DefaultIfEmpty(0).Max();

    /// <summary>Whether any check failed.</summary>
    public static bool HasFailures(IEnumerable<GoldenResult> results) => results.Any(r => r.Status == GoldenStatus.Failed);

    private static string Number(double value) => value.ToString("0.00e+00", CultureInfo.InvariantCulture);
}
