using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class GeluKernelTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Is_the_exact_form_over_its_whole_range()
    {
        var x = linspace(-12, 12, 100_003, ScalarType.Float32);
        var y = Ops.wma_gelu.Call(x).@double();
        var wide = x.@double();
        var expected = wide * 0.5 * ((wide * Math.Sqrt(0.5)).erf() + 1);
        Assert.True((y - expected).abs().max().ToDouble() <= 5e-7);
        Assert.True(((y - expected).norm() / expected.norm()).ToDouble() <= 1e-7);
    }

    [Fact]
    public void Reads_a_part_of_a_wider_tensor_in_place()
    {
        var both = randn([3, 5, 14]);
        var gate = both.narrow(-1, 7, 7);
        var y = torch.nn.functional.gelu(gate);
        Assert.Equal([3, 5, 7], y.shape);
        Assert.True(y.is_contiguous());
        Assert.True(y.Equals(torch.nn.functional.gelu(gate.contiguous())));
    }

    [Fact]
    public void Any_layout_and_any_number_of_axes_will_do()
    {
        var x = randn([4, 6]);
        Assert.True(torch.nn.functional.gelu(x.t()).Equals(torch.nn.functional.gelu(x).t()));
        Assert.Empty(torch.nn.functional.gelu(tensor(1.5f)).shape);
        Assert.Equal(0, torch.nn.functional.gelu(zeros([0, 3])).numel());
    }
}
