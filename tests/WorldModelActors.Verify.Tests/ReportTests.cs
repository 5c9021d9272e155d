namespace WorldModelActors.Verify.Tests;

public sealed class ReportTests
{
    private static readonly GoldenResult s_passed = new("a.safetensors", "out", GoldenStatus.Passed, 1e-6, 2e-7, new Tolerance(1e-5, ErrorMeasure.RelativeL2), null);
    private static readonly GoldenResult s_skipped = new("model.safetensors", "*", GoldenStatus.Skipped, null, null, null, "not in this directory");
    private static readonly GoldenResult s_failed = new("b.safetensors", "y", GoldenStatus.Failed, 3, 0.5, new Tolerance(1e-4, ErrorMeasure.RelativeL2), "worst of 8: number 2");

    [Fact]
    public void A_line_names_file_check_errors_and_bound()
    {
        var line = GoldenReport.Line(s_failed);
        Assert.StartsWith("FAIL  b.safetensors ", line);
        Assert.EndsWith("  max abs 3.00e+00  relative 5.00e-01  (1e-04 relative)  worst of 8: number 2", line);
        Assert.EndsWith("  not in this directory", GoldenReport.Line(s_skipped));
    }

    [Fact]
    public void The_last_line_is_the_worst_relative_error()
    {
        Assert.Equal(["1 passed, 0 failed, 1 skipped", "worst relative error: 2.00e-07"], GoldenReport.Summary([s_passed, s_skipped]));
        Assert.Equal("worst relative error: 5.00e-01", GoldenReport.Lines([s_passed, s_failed]).Last());
        Assert.Equal(double.PositiveInfinity, GoldenReport.WorstRelativeError([s_passed with { RelativeL2 = double.NaN }]));
        Assert.Equal(0, GoldenReport.WorstRelativeError([]));
    }

    [Fact]
    public void Only_failures_fail_a_report()
    {
        Assert.False(GoldenReport.HasFailures([s_passed, s_skipped]));
        Assert.True(GoldenReport.HasFailures([s_passed, s_failed]));
    }
}
