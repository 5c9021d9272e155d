using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class AttentionKernelTests : IDisposable
{
    private const double Tolerance = 1e-6;
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(7);

    public void Dispose()
    {
        _scope.Dispose();
        _generator.Dispose();
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(2, 3, 5, 7, 4)]
    [InlineData(16, 4, 64, 256, 16)]
    [InlineData(64, 4, 16, 16, 16)]
    [InlineData(1, 4, 1024, 2, 16)]
    [InlineData(3, 2, 13, 77, 64)]
    [InlineData(1, 1, 9, 33, 80)]
    public void Equals_the_sum_from_matrix_products(long batch, long heads, long queries, long keys, long dim)
    {
        var (q, k, v) = (Random(batch, heads, queries, dim), Random(batch, heads, keys, dim), Random(batch, heads, keys, dim));
        AssertClose(Sdpa.Plain(q.@double(), k.@double(), v.@double(), null, false), Ops.wma_attention.Call(q, k, v));
    }

    [Fact]
    public void Reads_heads_out_of_token_rows_and_writes_them_back_so()
    {
        var (q, k, v) = (Random(2, 10, 3, 8).transpose(1, 2), Random(2, 20, 3, 8).transpose(1, 2), Random(2, 20, 3, 8).transpose(1, 2));
        var y = Ops.wma_attention.Call(q, k, v);
        AssertClose(Sdpa.Plain(q.@double(), k.@double(), v.@double(), null, false), y);
        Assert.True(y.transpose(1, 2).is_contiguous());
    }

    [Fact]
    public void Values_may_have_another_width()
    {
        var (q, k, v) = (Random(1, 2, 6, 8), Random(1, 2, 11, 8), Random(1, 2, 11, 5));
        AssertClose(Sdpa.Plain(q.@double(), k.@double(), v.@double(), null, false), Ops.wma_attention.Call(q, k, v));
    }

    [Theory]
    [InlineData(new long[] { 4, 1, 1, 32 })]
    [InlineData(new long[] { 1, 1, 10, 32 })]
    [InlineData(new long[] { 4, 2, 10, 32 })]
    public void Adds_the_mask(long[] shape)
    {
        var (q, k, v) = (Random(4, 2, 10, 16), Random(4, 2, 32, 16), Random(4, 2, 32, 16));
        var mask = Random(shape);
        mask = mask.masked_fill(mask.lt(-0.5), float.NegativeInfinity);
        AssertClose(Sdpa.Plain(q.@double(), k.@double(), v.@double(), mask.@double(), false), Ops.wma_attention.Call(q, k, v, mask));
    }

    [Fact]
    public void Keys_that_are_shut_out_have_no_weight()
    {
        var (q, k, v) = (Random(1, 1, 4, 8), Random(1, 1, 40, 8), Random(1, 1, 40, 8));
        var mask = zeros([1, 1, 1, 40]);
        mask.narrow(3, 5, 35).fill_(float.NegativeInfinity);
        var expected = Ops.wma_attention.Call(q, k.narrow(2, 0, 5), v.narrow(2, 0, 5));
        Assert.True(Ops.wma_attention.Call(q, k, v, mask).Equals(expected));
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        var (q, k, v) = (Random(1, 2, 6, 8).mul(100), Random(1, 2, 11, 8).mul(100), Random(1, 2, 11, 8));
        AssertClose(Sdpa.Plain(q.@double(), k.@double(), v.@double(), null, false), Ops.wma_attention.Call(q, k, v), 1e-4);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        var error = Assert.Throws<TorchException>(() => Ops.wma_attention.Call(zeros([1, 2, 3, 4]), zeros([1, 2, 5, 8]), zeros([1, 2, 5, 8])));
        Assert.Contains("[1, 2, 5, 8]", error.Message);
    }

    private Tensor Random(params long[] shape) => randn(shape, generator: _generator);

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance = Tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = ((actual.@double() - expected).norm() / expected.norm()).ToDouble();
        Assert.True(error <= tolerance, $"relative error {error:e2}");
    }
}
