using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

/// <summary>Compares tensors with values that were worked out by hand.</summary>
internal static class Expect
{
    /// <summary>Shape and elements; an element may be off by a few float32 roundings, or by what is given.</summary>
    public static void Values(Tensor actual, long[] shape, IReadOnlyList<double> expected, double tolerance = 1e-6)
    {
        Assert.Equal(shape, actual.shape);
        using var scope = NewDisposeScope();
        var values = actual.@double().data<double>().ToArray();
        Assert.Equal(expected.Count, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var close = values[i].Equals(expected[i]) || Math.Abs(values[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(close, $"element {i}: {values[i]:R} instead of {expected[i]:R}");
        }
    }

    public static void Vector(Tensor actual, params double[] expected) => Values(actual, [expected.Length], expected);

    public static void Matrix(Tensor actual, long rows, long columns, params double[] expected) => Values(actual, [rows, columns], expected);

    public static void Number(Tensor actual, double expected) => Values(actual, [], [expected]);

    /// <summary>A tensor of truth values.</summary>
    public static void Truth(Tensor actual, params bool[] expected)
    {
        Assert.Equal(ScalarType.Bool, actual.dtype);
        Assert.Equal(expected, actual.data<bool>().ToArray());
    }

    /// <summary>The result is written into the tensor and is that tensor.</summary>
    public static void InPlace(Tensor self, Func<Tensor, Tensor> operation, params double[] expected)
    {
        Assert.Same(self, operation(self));
        Vector(self, expected);
    }

    public static Tensor V(params float[] values) => tensor(values);

    public static Tensor M(long rows, long columns, params float[] values) => tensor(values, [rows, columns]);
}
