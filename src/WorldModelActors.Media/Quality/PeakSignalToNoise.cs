namespace WorldModelActors.Media;

/// <summary>PSNR of 8-bit pictures: 10 log10(255^2 / mean squared error over all pixels and channels).</summary>
public static class PeakSignalToNoise
{
    /// <returns>Decibels; positive infinity for equal pictures.</returns>
    /// <exception cref="MediaException">The sizes differ.</exception>
    public static double Of(Image first, Image second)
    {
        if (first.Height != second.Height || first.Width != second.Width)
        {
            throw new MediaException($"Pictures of {first.Width}x{first.Height} and {second.Width}x{second.Height} pixels cannot be compared.");
        }

        var a = first.Pixels;
        var b = second.Pixels;
        var squares = 0L;
        for (var i = 0; i < a.Length; i++)
        {
            var difference = a[i] - b[i];
            squares += difference * difference;
        }

        return squares == 0 ? double.PositiveInfinity : 10 * Math.Log10(255.0 * 255.0 * a.Length / squares);
    }
}
