using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class RandomTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_seed_is_a_sequence()
    {
        using var a = new Generator(99);
        using var b = new Generator(99);
        using var c = new Generator(100);
        for (var i = 0; i < 3; i++)
        {
            var draw = randn([5], generator: a);
            Assert.True(draw.Equals(randn([5], generator: b)));
            Assert.False(draw.Equals(randn([5], generator: c)));
        }
        Assert.True(zeros([5]).normal_(generator: a).Equals(zeros([5]).normal_(generator: b)));
        Assert.True(rand([5], generator: a).Equals(rand([5], generator: b)));
    }

    [Fact]
    public void A_generator_is_independent_of_the_default_one()
    {
        using var a = new Generator(1);
        using var b = new Generator(1);
        var first = randn([3], generator: a);
        manual_seed(123);
        _ = randn([1000]);
        Assert.True(randn([3], generator: a).Equals(Skip(b)));
        Assert.Equal(DeviceType.CPU, a.device.type);

        static Tensor Skip(Generator g)
        {
            _ = randn([3], generator: g);
            return randn([3], generator: g);
        }
    }

    [Fact]
    public void The_default_sequence_is_libtorchs()
    {
        // torch.manual_seed(0); torch.randn(3) as PyTorch prints it.
        manual_seed(0);
        Expect.Values(randn([3]), [3], [1.5409960746765137, -0.293428897857666, -2.1787893772125244], 1e-6);
    }

    [Fact]
    public void Devices_without_a_generator_are_an_error()
    {
        Assert.Throws<TorchException>(() => new Generator(1, META));
        if (!cuda.is_available())
            Assert.Throws<TorchException>(() => new Generator(1, CUDA));
    }
}
