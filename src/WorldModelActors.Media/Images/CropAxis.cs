namespace WorldModelActors.Media;

/// <summary>
/// One axis of a resize followed by a centre crop: the axis is resized from <see cref="Input"/> to <see cref="Resized"/>
/// pixels, of which <see cref="Count"/> from <see cref="First"/> on land at <see cref="Offset"/> of the target; the rest of
/// the target is zero padding.
/// </summary>
internal readonly record struct CropAxis(int Input, long Resized, long First, int Offset, int Count)
{
    /// <summary>
    /// The two axes of torchvision's <c>Resize(min(target))</c> followed by <c>CenterCrop(target)</c>: the short side
    /// becomes the smaller target side, the long side <c>int(target * long / short)</c>; a side smaller than its target
    /// is padded by <c>(target - size) // 2</c> in front; a larger one is cropped at <c>round((size - target) / 2)</c> with
    /// Python's rounding (half to even).
    /// </summary>
    public static (CropAxis Rows, CropAxis Columns) Of(int inputHeight, int inputWidth, int height, int width)
    {
        var target = Math.Min(height, width);
        var (shorter, longer) = inputWidth <= inputHeight ? (inputWidth, inputHeight) : (inputHeight, inputWidth);
        var resizedLong = (long)((double)((long)target * longer) / shorter);
        var (resizedHeight, resizedWidth) = inputWidth <= inputHeight ? (resizedLong, (long)target) : (target, resizedLong);
        return (Crop(inputHeight, resizedHeight, height), Crop(inputWidth, resizedWidth, width));
    }

    private static CropAxis Crop(int input, long resized, int target)
    {
        if (resized < target)
        {
            return new CropAxis(input, resized, 0, (int)((target - resized) / 2), (int)resized);
        }

        var first = (long)Math.Round((resized - target) / 2.0, MidpointRounding.ToEven);
        return new CropAxis(input, resized, first, 0, target);
    }
}
