namespace WorldModelActors.Models;

/// <summary>
/// What upstream does to an observation before the image tower (kornia 0.7.3 <c>resize(antialias=True,
/// interpolation="bicubic", align_corners=True)</c>, then CLIP normalisation): a Gaussian blur where an axis shrinks,
/// bicubic interpolation (a = -0.75) with aligned corners, (x + 1) / 2, (x - mean) / std.
/// </summary>
public static class ClipImagePreprocess
{
    private static readonly double[] Mean = [0.48145466, 0.4578275, 0.40821073];
    private static readonly double[] Deviation = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>
    /// Images [N, 3, H, W] in [-1, 1] (values outside pass through) → [N, 3, size, size], float32 on the same device.
    /// </summary>
    public static Tensor Apply(Tensor images, int size)
    {
        using var scope = NewDisposeScope();
        var x = images.@float();
        var (height, width) = (x.size(2), x.size(3));
        if (height != size || width != size)
        {
            var (rows, columns) = ((double)height / size, (double)width / size);
            if (Math.Max(rows, columns) > 1)
            {
                x = Blur(Blur(x, rows, 2), columns, 3);
            }

            x = F.interpolate(x, size: [size, size], mode: InterpolationMode.Bicubic, align_corners: true);
        }

        // (x + 1) / 2 and (x - mean) / std in one multiply-add per channel.
        var gain = PerChannel(c => 0.5 / Deviation[c], x.device);
        var offset = PerChannel(c => (0.5 - Mean[c]) / Deviation[c], x.device);
        return offset.addcmul(x, gain, 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Gaussian blur along <paramref name="axis"/> (2 rows, 3 columns) before shrinking by <paramref name="factor"/>: sigma =
    /// (factor - 1) / 2, max(4 sigma, 3) taps made odd, edges reflected without repeating the edge pixel.
    /// </summary>
    private static Tensor Blur(Tensor x, double factor, int axis)
    {
        // Upstream blurs an axis that does not shrink with sigma 0.001, which leaves it as it is.
        if (factor <= 1)
        {
            return x;
        }

        var taps = Taps(Math.Max((factor - 1) / 2, 0.001));
        var margin = taps.Length / 2;
        var length = x.size(axis);
        var padded = F.pad(x, axis == 2 ? [0, 0, margin, margin] : [margin, margin, 0, 0], PaddingModes.Reflect);
        var sum = padded.narrow(axis, 0, length) * taps[0];
        for (var tap = 1; tap < taps.Length; tap++)
        {
            sum.add_(padded.narrow(axis, tap, length), alpha: taps[tap]);
        }

        return sum;
    }

    private static float[] Taps(double sigma)
    {
        var count = (int)Math.Max(4 * sigma, 3);
        count += 1 - (count % 2);
        var taps = new float[count];
        for (var i = 0; i < count; i++)
        {
            var distance = i - (count / 2);
            taps[i] = (float)Math.Exp(-(distance * distance) / (2 * sigma * sigma));
        }

        var sum = taps.Sum();
        return [.. taps.Select(tap => tap / sum)];
    }

    // Filled where it lies: a copy from the host could not be part of a CUDA graph.
    private static Tensor PerChannel(Func<int, double> value, Device device)
        => cat([.. Enumerable.Range(0, 3).Select(c => full([1, 1, 1, 1], (float)value(c), ScalarType.Float32, device))], 1);
}
