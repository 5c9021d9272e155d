namespace WorldModelActors.Media;

/// <summary>How close a generated frame is to the true one.</summary>
/// <param name="Psnr">Peak signal-to-noise ratio in decibels; infinite for equal frames.</param>
/// <param name="Ssim">Structural similarity, 1 for equal frames.</param>
public readonly record struct FrameQuality(double Psnr, double Ssim)
{
    /// <summary>Compares two pictures of one size.</summary>
    /// <exception cref="MediaException">The sizes differ or are too small for SSIM's window.</exception>
    public static FrameQuality Of(Image generated, Image truth) =>
        new(PeakSignalToNoise.Of(generated, truth), StructuralSimilarity.Of(generated, truth));
}
