namespace WorldModelActors.Media;

/// <summary>Smaller pictures for overviews.</summary>
internal static class Thumbnail
{
    /// <summary>Resizes <paramref name="image"/> to exactly (height, width), bilinear with antialias.</summary>
    public static Image Of(Image image, int height, int width)
    {
        var thumbnail = Image.Rent(height, width);
        var rows = new CropAxis(image.Height, height, 0, 0, height);
        var columns = new CropAxis(image.Width, width, 0, 0, width);
        for (var channel = 0; channel < Image.Channels; channel++)
        {
            PilResize.Channel(image, channel, rows, columns, thumbnail.Pixels[channel..], width, Image.Channels);
        }

        return thumbnail;
    }
}
