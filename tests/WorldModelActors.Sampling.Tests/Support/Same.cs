namespace WorldModelActors.Sampling.Tests;

/// <summary>Comparisons that say how far off a value is.</summary>
internal static class Same
{
    /// <summary>Every element within <paramref name="tolerance"/> (absolute).</summary>
    public static void Within(double tolerance, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance,
                $"{what}[{i}]: expected {expected[i]:R}, found {actual[i]:R}");
        }
    }

    public static void Exactly(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].Equals(actual[i]), $"{what}[{i}]: expected {expected[i]:R}, found {actual[i]:R}");
        }
    }

    /// <summary>Largest absolute difference of two tensors of one shape.</summary>
    public static double MaxDifference(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        return expected.@double().sub(actual.@double()).abs().max().ToDouble();
    }

    public static void Within(double tolerance, Tensor expected, Tensor actual, string what)
    {
        var worst = MaxDifference(expected, actual);
        Assert.True(worst <= tolerance, $"{what}: worst absolute difference {worst:R}, allowed {tolerance:R}");
    }

    public static void Exactly(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        Exactly(expected.data<float>().ToArray(), actual.data<float>().ToArray(), what);
    }
}
