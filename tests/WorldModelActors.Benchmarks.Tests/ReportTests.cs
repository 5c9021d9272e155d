using WorldModelActors.Media;

namespace WorldModelActors.Benchmarks.Tests;

public sealed class ReportTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 9.0, 1, 4 }, 4)]
    [InlineData(new[] { 4.0, 1, 2, 100 }, 3)]
    public void Medians(double[] values, double median) => Assert.Equal(median, SideRecorder.Median(values));

    [Fact]
    public void Frames_are_compared_one_by_one()
    {
        var expected = new byte[][] { [10, 20, 30], [40, 50, 60] };
        var frames = new FrameComparison([expected]);
        frames.Add([[[10, 20, 30], [40, 50, 60]]]);
        Assert.Equal((OverlapCase.Identical, 1.0), (frames.LeastPsnr, frames.EqualShare));

        frames.Add([[[10, 20, 30], [40, 53, 60]]]);

        // Mean squared error 3.
        Assert.Equal(10 * Math.Log10(255 * 255 / 3.0), frames.LeastPsnr, 9);
        Assert.Equal(0.75, frames.EqualShare);
        Assert.Throws<BenchmarkException>(() => frames.Add([[[10, 20, 30]]]));
    }

    [Fact]
    public void Ratios_are_of_the_best_thread_settings_and_the_text_says_so()
    {
        var report = Report(leastPsnr: 71.5);
        var text = new StringWriter();
        report.Print(text);

        Assert.Contains("one episode: 2.00 times faster", text.ToString());
        Assert.Contains("least PSNR 71.5 dB", text.ToString());
        Assert.Contains("UNet 93", text.ToString());
        Assert.True(report.FramesAgree);
        Assert.False(Report(leastPsnr: 59.9).FramesAgree);
        Assert.Equal(1, report.Cases[0].Best(OverlapBenchmark.Original).Threads);
    }

    [Fact]
    public void The_chart_has_a_bar_for_each_side_in_proportion()
    {
        var report = Report(71.5);
        var (width, height) = OverlapChart.SizeOf(report);
        using var drawing = new PngDrawing(width, height);
        OverlapChart.Draw(report, drawing);

        Assert.Equal(2.0, (double)Widest(drawing.Picture, new Rgb(0xb0, 0xb7, 0xc3)) / Widest(drawing.Picture, new Rgb(0x2a, 0x78, 0xd6)), 2);

        var vector = new SvgDrawing(width, height);
        OverlapChart.Draw(report, vector);
        Assert.Contains("2.00x faster", vector.ToString());
    }

    /// <summary>Pixels of a colour in the row that has most.</summary>
    private static int Widest(Image picture, Rgb colour) => Enumerable.Range(0, picture.Height).Max(y => Enumerable.Range(0, picture.Width).Count(x =>
    {
        var pixel = picture.Pixels.Slice(((y * picture.Width) + x) * 3, 3);
        return (pixel[0], pixel[1], pixel[2]) == (colour.Red, colour.Green, colour.Blue);
    }));

    private static OverlapReport Report(double leastPsnr) => new(
        new Machine("processor", 2, "system", "runtime", "1.13", "cpu"), DateTime.UnixEpoch, 4, 5, 1,
        [
            new OverlapCase(
                16,
                1,
                [
                    new OverlapMeasurement(OverlapBenchmark.Original, 2, 1, [5, 5], 5, 5, 4, 128, 0, 0, []),
                    new OverlapMeasurement(OverlapBenchmark.Original, 1, 1, [4, 4], 4, 4, 4, 128, 0, 0, []),
                    new OverlapMeasurement(OverlapBenchmark.Pipeline, 1, 1, [2, 2], 2, 2, 4, 4, 0, 1, [new LaneUse("cpu", "UNet", 0.93)]),
                ],
                2, 0, leastPsnr, 0.9),
        ],
        []);
}
