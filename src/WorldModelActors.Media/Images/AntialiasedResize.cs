namespace WorldModelActors.Media;

/// <summary>
/// PyTorch's bilinear interpolation with antialias (<c>_upsample_bilinear2d_aa</c>, align_corners false): a triangle
/// filter that is widened by the scale when shrinking, normalised, applied to rows and then to columns in float32.
/// </summary>
internal static class AntialiasedResize
{
    /// <summary>
    /// Resizes channel <paramref name="channel"/> of <paramref name="image"/> and writes its visible part into the plane
    /// <paramref name="target"/> [height, width] of values 0..255, not rounded.
    /// </summary>
    public static void Channel(Image image, int channel, CropAxis rows, CropAxis columns, Span<float> target, int targetWidth)
    {
        var across = Windows(columns);
        var down = Windows(rows);
        var firstRow = down[0].First;
        var neededRows = down[^1].End - firstRow;

        var intermediate = new float[(long)neededRows * columns.Count];
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
                var sum = source[at] * weights[0];
                for (var i = 1; i < weights.Length; i++)
                {
                    at += Image.Channels;
                    sum += source[at] * weights[i];
                }

                line[x] = sum;
            }
        }

        for (var y = 0; y < down.Length; y++)
        {
            var (first, weights) = down[y];
            var line = target.Slice(((rows.Offset + y) * targetWidth) + columns.Offset, columns.Count);
            line.Clear();
            for (var i = 0; i < weights.Length; i++)
            {
                var weight = weights[i];
                var source = intermediate.AsSpan((first - firstRow + i) * columns.Count, columns.Count);
                for (var x = 0; x < line.Length; x++)
                {
                    line[x] += source[x] * weight;
                }
            }
        }
    }

    /// <summary>The windows of the visible output pixels of one axis, with float32 arithmetic where PyTorch has it.</summary>
    private static ResampleWindow<float>[] Windows(CropAxis axis)
    {
        var windows = new ResampleWindow<float>[axis.Count];
        if (axis.Input == axis.Resized)
        {
            for (var i = 0; i < windows.Length; i++)
            {
                windows[i] = new ResampleWindow<float>((int)axis.First + i, [1f]);
            }

            return windows;
        }

        var scale = (float)axis.Input / axis.Resized;
        var support = scale >= 1f ? scale : 1f;
        var inverse = scale >= 1f ? 1f / scale : 1f;
        for (var i = 0; i < windows.Length; i++)
        {
            var center = (float)(scale * (axis.First + i + 0.5));
            var first = (int)Math.Max((long)(center - support + 0.5), 0);
            var count = (int)(Math.Min((long)(center + support + 0.5), axis.Input) - first);
            var weights = new float[Math.Max(count, 1)];
            var total = 0f;
            for (var j = 0; j < weights.Length; j++)
            {
                var distance = Math.Abs((float)((j + first - center + 0.5) * inverse));
                weights[j] = distance < 1f ? 1f - distance : 0f;
                total += weights[j];
            }

            if (total != 0f)
            {
                for (var j = 0; j < weights.Length; j++)
                {
                    weights[j] /= total;
                }
            }

            windows[i] = new ResampleWindow<float>(first, weights);
        }

        return windows;
    }
}
