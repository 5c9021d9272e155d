namespace WorldModelActors.Media.Tests;

internal static class Compare
{
    /// <summary>Tolerance of the golden data side: relative L2 error.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>|actual - expected| / |expected| in the Euclidean norm.</summary>
    public static double RelativeError(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, norm = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow((double)actual[i] - expected[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return difference == 0 ? 0 : Math.Sqrt(difference / norm);
    }

    public static void MeetsGolden(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        var error = RelativeError(expected, actual);
        TestContext.Current.TestOutputHelper?.WriteLine($"relative L2 error {error:E2}");
        Assert.True(error <= Tolerance, $"relative L2 error {error:E2} is above {Tolerance:E0}");
    }
}
