namespace WorldModelActors.Media;

/// <summary>
/// SSIM of 8-bit pictures (Wang, Bovik, Sheikh, Simoncelli 2004): 11 x 11 Gaussian window of standard deviation 1.5,
/// K1 = 0.01, K2 = 0.03, data range 255, over the positions where the whole window lies inside the picture, averaged over
/// positions and channels.
/// </summary>
public static class StructuralSimilarity
{
    private const int WindowSize = 11;
    private const double C1 = 0.01 * 255 * (0.01 * 255);
    private const double C2 = 0.03 * 255 * (0.03 * 255);

    private static readonly double[] Window = MakeWindow();

    /// <exception cref="MediaException">The sizes differ, or a side is shorter than the window.</exception>
    public static double Of(Image first, Image second)
    {
        if (first.Height != second.Height || first.Width != second.Width)
        {
            throw new MediaException($"Pictures of {first.Width}x{first.Height} and {second.Width}x{second.Height} pixels cannot be compared.");
        }

        if (first.Height < WindowSize || first.Width < WindowSize)
        {
            throw new MediaException($"SSIM needs pictures of at least {WindowSize}x{WindowSize} pixels, not {first.Width}x{first.Height}.");
        }

        var sum = 0.0;
        for (var channel = 0; channel < Image.Channels; channel++)
        {
            sum += OfChannel(first, second, channel);
        }

        return sum / Image.Channels;
    }

    private static double OfChannel(Image first, Image second, int channel)
    {
        var (height, width) = (first.Height, first.Width);
        var columns = width - WindowSize + 1;
        var rows = height - WindowSize + 1;

        // Windowed means of a, b, a^2, b^2, ab: first along the rows, then down the columns.
        const int Moments = 5;
        var across = new double[Moments * height * columns];
        var a = first.Pixels;
        var b = second.Pixels;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                double meanA = 0, meanB = 0, squareA = 0, squareB = 0, product = 0;
                var at = (((y * width) + x) * Image.Channels) + channel;
                foreach (var weight in Window)
                {
                    double valueA = a[at];
                    double valueB = b[at];
                    meanA += weight * valueA;
                    meanB += weight * valueB;
                    squareA += weight * valueA * valueA;
                    squareB += weight * valueB * valueB;
                    product += weight * valueA * valueB;
                    at += Image.Channels;
                }

                var moments = across.AsSpan(((y * columns) + x) * Moments, Moments);
                moments[0] = meanA;
                moments[1] = meanB;
                moments[2] = squareA;
                moments[3] = squareB;
                moments[4] = product;
            }
        }

        var sum = 0.0;
        Span<double> window = stackalloc double[Moments];
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                window.Clear();
                for (var i = 0; i < WindowSize; i++)
                {
                    var moments = across.AsSpan((((y + i) * columns) + x) * Moments, Moments);
                    for (var m = 0; m < Moments; m++)
                    {
                        window[m] += Window[i] * moments[m];
                    }
                }

                sum += Similarity(window[0], window[1], window[2], window[3], window[4]);
            }
        }

        return sum / ((double)rows * columns);
    }

    private static double Similarity(double meanA, double meanB, double squareA, double squareB, double product)
    {
        var varianceA = squareA - (meanA * meanA);
        var varianceB = squareB - (meanB * meanB);
        var covariance = product - (meanA * meanB);
        return ((2 * meanA * meanB) + C1) * ((2 * covariance) + C2)
            / (((meanA * meanA) + (meanB * meanB) + C1) * (varianceA + varianceB + C2));
    }

    private static double[] MakeWindow()
    {
        var window = new double[WindowSize];
        for (var i = 0; i < WindowSize; i++)
        {
            var distance = i - (WindowSize / 2);
            window[i] = Math.Exp(-distance * distance / (2 * 1.5 * 1.5));
        }

        var total = window.Sum();
        for (var i = 0; i < WindowSize; i++)
        {
            window[i] /= total;
        }

        return window;
    }
}
