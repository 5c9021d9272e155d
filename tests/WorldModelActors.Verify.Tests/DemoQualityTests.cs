namespace WorldModelActors.Verify.Tests;

/// <summary>
/// The demo world model's README gives the quality of one run of the reference with one seed. Its noises are not recorded, so that
/// our runs differ by the seed. Measured with the seeds 123, 124, ...: 8 steps (10 seeds) PSNR 27.24 dB on average, 0.40 standard
/// deviation, 26.72 to 28.14, SSIM 0.946; 16 steps (6 seeds) 27.27 dB, 0.59, 26.62 to 28.16, SSIM 0.947: the README's numbers
/// lie inside. The default seed must reach them, less 0.1 dB.
/// </summary>
public sealed class DemoQualityTests(DemoQualityTests.Model model) : IClassFixture<DemoQualityTests.Model>
{
    private const long DefaultSeed = 123;
    private const double Decibels = 0.1;
    private const double Similarity = 0.001;

    [Theory]
    [InlineData(8, 27.13, 0.946)]
    [InlineData(16, 26.72, 0.944)]
    public void World_model_mode_reaches_the_reference_quality(int steps, double psnr, double ssim)
    {
        var quality = model.Quality.Measure(steps, eta: 1, DefaultSeed, TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage($"{steps} steps: {quality.Psnr:0.00} dB, SSIM {quality.Ssim:0.0000}");
        Assert.True(quality.Psnr >= psnr - Decibels, $"{quality.Psnr:0.00} dB, the reference reaches {psnr} dB");
        Assert.True(quality.Ssim >= ssim - Similarity, $"SSIM {quality.Ssim:0.0000}, the reference reaches {ssim}");
    }

    [Fact]
    public void The_first_frame_repeated_is_as_bad_as_the_reference_says()
    {
        var trivial = model.Quality.MeasureRepeatedFirstFrame();
        Assert.Equal(22.53, trivial.Psnr, 0.01);
        Assert.Equal(0.860, trivial.Ssim, 0.001);
    }

    [Fact]
    public void The_autoencoder_reaches_the_ceiling_that_the_reference_says()
    {
        var ceiling = model.Quality.MeasureAutoencoder();
        Assert.Equal(38.05, ceiling.Psnr, 0.1);
        Assert.Equal(0.992, ceiling.Ssim, 0.001);
    }

    public sealed class Model : IDisposable
    {
        internal DemoQuality Quality { get; } = new();

        public void Dispose() => Quality.Dispose();
    }
}
