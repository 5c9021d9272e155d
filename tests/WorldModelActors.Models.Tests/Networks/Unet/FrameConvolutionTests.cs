using WorldModelActors.Models.ChannelsLast;

namespace WorldModelActors.Models.Tests;

public sealed class FrameConvolutionTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(3, 5)]
    [InlineData(2, 1)]
    public void Three_products_are_the_convolution(int batch, int frames)
    {
        using var scope = NewDisposeScope();
        using var owner = new TensorOwner();
        using var generator = new Generator(1);
        var convolution = new FrameConvolution(owner, randn([24, 16, 3, 1], generator: generator), zeros([24]));
        var x = randn([batch, frames, 7, 16], generator: generator);
        Assert.True(convolution.Forward(x).allclose(convolution.Products(x), 1e-4, 1e-5));
    }
}
