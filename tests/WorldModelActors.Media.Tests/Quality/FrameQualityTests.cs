namespace WorldModelActors.Media.Tests;

public sealed class FrameQualityTests
{
    private const int Side = 64;

    /// <summary>The demo model's README: "trivial: first frame repeated" against the true frames of the 8 prompts.</summary>
    [Theory]
    [InlineData(16, 22.53, 0.860)]
    [InlineData(48, 19.50, 0.749)]
    public void Repeating_the_first_frame_has_the_published_quality(int frames, double psnr, double ssim)
    {
        var all = new List<FrameQuality>();
        for (var episode = 0; episode < 8; episode++)
        {
            using var strip = Image.Load(RepositoryFiles.Demo("truth", $"{episode}.png"));
            using var first = Frame(strip, 0);
            for (var i = 1; i <= frames; i++)
            {
                using var truth = Frame(strip, i);
                all.Add(FrameQuality.Of(first, truth));
            }
        }

        var (meanPsnr, meanSsim) = (all.Average(q => q.Psnr), all.Average(q => q.Ssim));
        TestContext.Current.TestOutputHelper?.WriteLine($"PSNR {meanPsnr:F4} SSIM {meanSsim:F5}");
        Assert.Equal(psnr, meanPsnr, 0.0051);
        Assert.Equal(ssim, meanSsim, 0.00051);
    }

    [Fact]
    public void Equal_pictures_are_perfect()
    {
        using var image = Pictures.Noise(20, 30, seed: 3);
        Assert.Equal(double.PositiveInfinity, PeakSignalToNoise.Of(image, image));
        Assert.Equal(1.0, StructuralSimilarity.Of(image, image), 1e-12);
    }

    [Fact]
    public void A_constant_difference_has_the_textbook_psnr()
    {
        using var first = Image.Rent(16, 16);
        using var second = Image.Rent(16, 16);
        first.Pixels.Fill(100);
        second.Pixels.Fill(110);
        Assert.Equal(20 * Math.Log10(255.0 / 10), PeakSignalToNoise.Of(first, second), 1e-9);
    }

    [Fact]
    public void Pictures_of_other_sizes_or_below_the_window_are_refused()
    {
        using var first = Pictures.Noise(16, 16, seed: 1);
        using var other = Pictures.Noise(16, 18, seed: 1);
        using var small = Pictures.Noise(10, 16, seed: 1);
        Assert.Throws<MediaException>(() => PeakSignalToNoise.Of(first, other));
        Assert.Throws<MediaException>(() => StructuralSimilarity.Of(first, other));
        Assert.Contains("11x11", Assert.Throws<MediaException>(() => StructuralSimilarity.Of(small, small)).Message);
    }

    private static Image Frame(Image strip, int index)
    {
        var bytes = Side * Side * Image.Channels;
        return Image.Copy(strip.Pixels.Slice(index * bytes, bytes), Side, Side);
    }
}
