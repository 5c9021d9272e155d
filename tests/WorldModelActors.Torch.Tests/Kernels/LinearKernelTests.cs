using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class LinearKernelTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(1024, 64, 512)]
    [InlineData(777, 320, 64)]
    public void Rows_are_multiplied_by_the_transposed_weight(long rows, long inFeatures, long outFeatures)
    {
        var (x, w, b) = (randn([rows, inFeatures]), randn([outFeatures, inFeatures]), randn([outFeatures]));
        var product = x.@double().mm(w.@double().t());
        AssertClose(product, Ops.wma_linear.Call(x, w));
        AssertClose(product + b.@double(), Ops.wma_linear.Call(x, w, b));
    }

    [Fact]
    public void Leading_axes_and_the_order_of_the_elements_do_not_matter()
    {
        var (x, w, b) = (randn([5, 4, 3]), randn([2, 5]), randn([2]));
        var moved = x.permute(1, 2, 0);
        var y = torch.nn.functional.linear(moved, w, b);
        Assert.Equal([4, 3, 2], y.shape);
        AssertClose(moved.contiguous().view(12, 5).@double().mm(w.@double().t()) + b.@double(), y.view(12, 2));
        Assert.Equal([2], torch.nn.functional.linear(randn([5]), w, b).shape);
        Assert.Equal([0, 2], torch.nn.functional.linear(zeros([0, 5]), w, b).shape);
    }

    /// <summary>The same rows give the same bits in every place of every batch, in one thread and in two.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_samples_rows_are_the_same_to_the_bit_in_every_place(int threads)
    {
        var before = get_num_threads();
        try
        {
            set_num_threads(threads);
            foreach (var (rows, width, outWidth) in new[] { (1, 64, 128), (16, 64, 64), (77, 32, 64), (64, 256, 24), (1024, 64, 512), (1000, 320, 320) })
            {
                var (one, w, b) = (randn([1, rows, width]), randn([outWidth, width]), randn([outWidth]));
                var alone = torch.nn.functional.linear(one, w, b).data<float>().ToArray();
                for (var samples = 2; samples <= 4; samples++)
                {
                    for (var place = 0; place < samples; place++)
                    {
                        using var scope = NewDisposeScope();
                        using var shared = SampleScope.Of(samples);
                        var batch = cat([.. Enumerable.Range(0, samples).Select(i => i == place ? one : randn([1, rows, width]))], 0);
                        var mine = torch.nn.functional.linear(batch, w, b).narrow(0, place, 1).contiguous();
                        Assert.Equal(alone, mine.data<float>().ToArray());
                    }
                }
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        var error = Assert.Throws<TorchException>(() => torch.nn.functional.linear(zeros([2, 3]), zeros([4, 5])));
        Assert.Contains("[4, 5]", error.Message);
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(((actual.@double() - expected).norm() / expected.norm()).ToDouble() <= 1e-6);
    }
}
