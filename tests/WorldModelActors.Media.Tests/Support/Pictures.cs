namespace WorldModelActors.Media.Tests;

internal static class Pictures
{
    /// <summary>A smooth coloured picture that differs with <paramref name="phase"/>.</summary>
    public static Image Gradient(int height, int width, int phase = 0)
    {
        var image = Image.Rent(height, width);
        var pixels = image.Pixels;
        for (int y = 0, at = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, at += Image.Channels)
            {
                pixels[at] = (byte)(255 * x / width);
                pixels[at + 1] = (byte)(255 * y / height);
                pixels[at + 2] = (byte)(128 + (100 * Math.Sin((x + y + (4 * phase)) / 12.0)));
            }
        }

        return image;
    }

    public static Image Noise(int height, int width, int seed)
    {
        var image = Image.Rent(height, width);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }
}
