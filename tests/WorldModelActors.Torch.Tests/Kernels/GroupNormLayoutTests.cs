namespace WorldModelActors.Torch.Tests;

/// <summary>Group normalisation must not depend on the order of the elements in memory.</summary>
public class GroupNormLayoutTests
{
    [Theory]
    [InlineData(torch.ScalarType.Float32, 1e-5)]
    [InlineData(torch.ScalarType.BFloat16, 2e-2)]
    public void ChannelsLastEqualsContiguous(torch.ScalarType type, double tolerance)
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(5);
        var x = torch.randn([2, 64, 32, 64], generator: generator).mul(3).add(1);
        var expected = torch.nn.functional.group_norm(x, 32);
        var found = torch.nn.functional.group_norm(x.to(type).Contiguous(MemoryFormat.ChannelsLast), 32).@float();
        var error = found.sub(expected).norm().ToDouble() / expected.norm().ToDouble();
        Assert.InRange(error, 0, tolerance);
    }
}
