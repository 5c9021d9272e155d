namespace WorldModelActors.Media;

/// <summary>
/// The reference's <c>resize_center_crop</c> of an observation picture: resize so that the short side becomes the smaller
/// target side, pad with zeros where the picture is then smaller than the target, crop the centre, scale to [-1, 1].
/// </summary>
public static class ResizeCenterCrop
{
    /// <summary>
    /// The interaction model's transform: bilinear with antialias on float values (torchvision on tensors), not rounded,
    /// then <c>(x / 255 - 0.5) * 2</c>.
    /// </summary>
    /// <param name="image">The picture; it stays the caller's.</param>
    /// <param name="height">Rows of the observation.</param>
    /// <param name="width">Columns of the observation.</param>
    /// <returns>The observation [3, height, width] in [-1, 1]; padding is -1.</returns>
    public static FrameBuffer Apply(Image image, int height, int width)
    {
        var frame = Unscaled(image, height, width);
        foreach (ref var value in frame.Values)
        {
            value = ((value / 255f) - 0.5f) * 2f;
        }

        return frame;
    }

    /// <summary>
    /// The base video model's transform: the same geometry on an 8-bit picture (Pillow's bilinear, rounded to 8 bits), then
    /// <c>(x / 255 - 0.5) / 0.5</c>.
    /// </summary>
    /// <returns>The picture [3, height, width] in [-1, 1]; padding is -1.</returns>
    public static FrameBuffer ApplyBaseModel(Image image, int height, int width)
    {
        var frame = FrameBuffer.Rent(height, width);
        var (rows, columns) = CropAxis.Of(image.Height, image.Width, height, width);
        var plane = new byte[height * width];
        for (var channel = 0; channel < Image.Channels; channel++)
        {
            Array.Clear(plane);
            PilResize.Channel(image, channel, rows, columns, plane, width, targetStep: 1);
            var values = frame.Values.Slice(channel * plane.Length, plane.Length);
            for (var i = 0; i < plane.Length; i++)
            {
                values[i] = ((plane[i] / 255f) - 0.5f) / 0.5f;
            }
        }

        return frame;
    }

    /// <summary>Resize, padding and crop alone: values 0..255 [3, height, width], not rounded.</summary>
    internal static FrameBuffer Unscaled(Image image, int height, int width)
    {
        var frame = FrameBuffer.Rent(height, width);
        frame.Values.Clear();
        var (rows, columns) = CropAxis.Of(image.Height, image.Width, height, width);
        for (var channel = 0; channel < Image.Channels; channel++)
        {
            var plane = frame.Values.Slice(channel * height * width, height * width);
            AntialiasedResize.Channel(image, channel, rows, columns, plane, width);
        }

        return frame;
    }
}
