namespace WorldModelActors.Media;

/// <summary>
/// Pillow's bilinear resize of 8-bit pictures: float64 weights rounded to fixed point with 22 fractional bits, integer
/// sums, and a result rounded to 8 bits after the rows and again after the columns.
/// </summary>
internal static class PilResize
{
    private const int PrecisionBits = 32 - 8 - 2;
    private const int Half = 1 << (PrecisionBits - 1);

    /// <summary>
    /// Resizes channel <paramref name="channel"/> of <paramref name="image"/> and writes its visible part into every
    /// <paramref name="targetStep"/>-th byte of <paramref name="target"/> (rows of <paramref name="targetWidth"/> pixels).
    /// </summary>
    public static void Channel(Image image, int channel, CropAxis rows, CropAxis columns, Span<byte> target, int targetWidth, int targetStep)
    {
        var across = Windows(columns);
        var down = Windows(rows);
        var firstRow = down[0].First;
        var neededRows = down[^1].End - firstRow;

        var intermediate = new byte[(long)neededRows * columns.Count];
        var pixels = image.Pixels;
        var stride = image.Width * Image.Channels;
        for (var row = 0; row < neededRows; row++)
        {
            var source = pixels.Slice((firstRow + row) * stride, stride);
            var line = intermediate.AsSpan(row * columns.Count, columns.Count);
            for (var x = 0; x < line.Length; x++)
            {
                var (first, weights) = across[x];
                var at = (first * Image.Channels) + channel;
                var sum = Half;
                foreach (var weight in weights)
                {
                    sum += source[at] * weight;
                    at += Image.Channels;
                }

                line[x] = Round(sum);
            }
        }

        for (var y = 0; y < down.Length; y++)
        {
            var (first, weights) = down[y];
            var at = (((rows.Offset + y) * targetWidth) + columns.Offset) * targetStep;
            for (var x = 0; x < columns.Count; x++)
            {
                var sum = Half;
                for (var i = 0; i < weights.Length; i++)
                {
                    sum += intermediate[((first - firstRow + i) * columns.Count) + x] * weights[i];
                }

                target[at] = Round(sum);
                at += targetStep;
            }
        }
    }

    private static byte Round(int sum) => (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);

    private static ResampleWindow<int>[] Windows(CropAxis axis)
    {
        var windows = new ResampleWindow<int>[axis.Count];
        if (axis.Input == axis.Resized)
        {
            for (var i = 0; i < windows.Length; i++)
            {
                windows[i] = new ResampleWindow<int>((int)axis.First + i, [1 << PrecisionBits]);
            }

            return windows;
        }

        var scale = (double)axis.Input / axis.Resized;
        var support = Math.Max(scale, 1.0);
        var inverse = 1.0 / support;
        for (var i = 0; i < windows.Length; i++)
        {
            var center = (axis.First + i + 0.5) * scale;
            var first = (int)Math.Max((long)(center - support + 0.5), 0);
            var count = (int)(Math.Min((long)(center + support + 0.5), axis.Input) - first);
            var exact = new double[Math.Max(count, 1)];
            var total = 0.0;
            for (var j = 0; j < exact.Length; j++)
            {
                var distance = Math.Abs((j + first - center + 0.5) * inverse);
                exact[j] = distance < 1.0 ? 1.0 - distance : 0.0;
                total += exact[j];
            }

            var weights = new int[exact.Length];
            for (var j = 0; j < weights.Length; j++)
            {
                var normalised = total != 0.0 ? exact[j] / total : exact[j];
                weights[j] = (int)(0.5 + (normalised * (1 << PrecisionBits)));
            }

            windows[i] = new ResampleWindow<int>(first, weights);
        }

        return windows;
    }
}
