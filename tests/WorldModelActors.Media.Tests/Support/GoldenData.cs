using WorldModelActors.Torch;

namespace WorldModelActors.Media.Tests;

/// <summary><c>data.safetensors</c> of the golden set: the data side of the reference implementation.</summary>
internal static class GoldenData
{
    /// <summary>Size of the golden observation pictures.</summary>
    public const int Height = 64;

    public const int Width = 128;

    public static float[] Floats(string name)
    {
        using var file = Open();
        return file.ReadFloats(name);
    }

    public static long[] Integers(string name)
    {
        using var file = Open();
        return file.ReadInt64s(name);
    }

    public static byte[] Bytes(string name)
    {
        using var file = Open();
        return file.Bytes(name).ToArray();
    }

    public static FloatMatrix Matrix(string name)
    {
        using var file = Open();
        var shape = file.Entry(name).Shape;
        return new FloatMatrix(file.ReadFloats(name), (int)shape[0], (int)shape[1]);
    }

    /// <summary>A picture stored as uint8 [1, 3, height, width].</summary>
    public static Image Picture(string name)
    {
        using var file = Open();
        var shape = file.Entry(name).Shape;
        var (height, width) = ((int)shape[2], (int)shape[3]);
        var planes = file.Bytes(name);
        var image = Image.Rent(height, width);
        for (var i = 0; i < height * width; i++)
        {
            for (var channel = 0; channel < Image.Channels; channel++)
            {
                image.Pixels[(i * Image.Channels) + channel] = planes[(channel * height * width) + i];
            }
        }

        return image;
    }

    public static FeatureStatistics Statistics(string feature) => new(
        feature, Floats($"stats.{feature}.min"), Floats($"stats.{feature}.max"));

    private static SafetensorsFile Open() => SafetensorsFile.Open(RepositoryFiles.Golden("data.safetensors"));
}
