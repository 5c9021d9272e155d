using static WorldModelActors.Torch.torch;
using F = WorldModelActors.Torch.torch.nn.functional;

namespace WorldModelActors.Torch.Tests;

/// <summary>Operators that some libtorch lacks, or has wrong, for bfloat16 on the CPU.</summary>
public sealed class ReducedPrecisionTests
{
    private const double Bfloat16Rounding = 1.0 / 128;

    [Fact]
    public void Mish_in_bfloat16_is_the_float32_one_rounded()
    {
        using var scope = NewDisposeScope();
        var x = linspace(-4, 4, 64, dtype: ScalarType.Float32);

        IsRounded(F.mish(x.to(ScalarType.BFloat16).@float()), F.mish(x.to(ScalarType.BFloat16)));
    }

    [Fact]
    public void A_transposed_convolution_in_bfloat16_has_the_sizes_and_values_of_the_float32_one()
    {
        using var scope = NewDisposeScope();
        var x = linspace(-1, 1, 2 * 8 * 4, dtype: ScalarType.Float32).reshape(2, 8, 4).to(ScalarType.BFloat16);
        var weight = linspace(-0.5, 0.5, 8 * 8 * 4, dtype: ScalarType.Float32).reshape(8, 8, 4).to(ScalarType.BFloat16);
        var bias = linspace(0, 1, 8, dtype: ScalarType.Float32).to(ScalarType.BFloat16);

        IsRounded(
            F.conv_transpose1d(x.@float(), weight.@float(), bias.@float(), stride: 2, padding: 1),
            F.conv_transpose1d(x, weight, bias, stride: 2, padding: 1));
    }

    private static void IsRounded(Tensor expected, Tensor actual)
    {
        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        var difference = (expected - actual.@float()).abs().max().item<float>();
        Assert.True(expected.allclose(actual.@float(), Bfloat16Rounding, Bfloat16Rounding), $"differs by {difference}");
    }
}
