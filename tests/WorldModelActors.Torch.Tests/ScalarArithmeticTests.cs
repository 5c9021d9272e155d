using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

/// <summary>Numbers beside tensors act as libtorch's own overloads for numbers do, to the bit.</summary>
public sealed class ScalarArithmeticTests
{
    public static TheoryData<ScalarType> Types =>
        [ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Byte, ScalarType.Bool];

    private static readonly Scalar[] s_numbers = [0.1, -3.7, 1e-9, 16777217, 3, -2L, 1.0 / 3];

    [Theory]
    [MemberData(nameof(Types))]
    public void Results_and_types_are_libtorchs(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var x = randn([64], generator: generator).mul(3).abs().to(type);
        foreach (var number in s_numbers)
        {
            Same("add", x.add(number), x, number);
            // A subtraction from truth values is an error in libtorch, with either overload.
            if (type != ScalarType.Bool)
                Same("sub", x.sub(number), x, number);
            Same("mul", x.mul(number), x, number);
            Same("div", x.div(number), x, number);
            Same("mul", number * x, x, number);
            if (x.dtype is not (ScalarType.Int64 or ScalarType.Byte or ScalarType.Bool))
            {
                Same("add", x.clone().add_(number), x, number);
                Same("sub", x.clone().sub_(number), x, number);
                Same("mul", x.clone().mul_(number), x, number);
                Same("div", x.clone().div_(number), x, number);
            }
        }
    }

    private static void Same(string name, Tensor actual, Tensor x, Scalar number)
    {
        using var expected = new Operator(name, "Scalar").Call(x, number);
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.True(expected.bytes.SequenceEqual(actual.bytes), $"{name} of {x.dtype} and {(number.IsFloatingPoint ? number.AsDouble : number.AsInt64)}");
    }

    [Fact]
    public void An_integer_tensor_takes_no_fractions_in_place()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<TorchException>(() => zeros([2], ScalarType.Int64).add_(0.5));
        Assert.StartsWith("add_([2] int64, 0.5): ", error.Message, StringComparison.Ordinal);
    }
}
