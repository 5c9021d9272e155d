using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class ConcurrencyTests
{
    [Fact]
    public void Threads_share_weights_and_keep_their_scopes_apart()
    {
        var before = Tensor.TotalCount;
        using (var generator = new Generator(5))
        using (var weight = randn([16, 16], generator: generator))
        {
            var expected = Work(weight, 0);
            var errors = new List<Exception>();
            var threads = Enumerable.Range(0, 4).Select(n => new Thread(() =>
            {
                try
                {
                    for (var round = 0; round < 50; round++)
                    {
                        Assert.Equal(expected, Work(weight, 0));
                        // A failure here must not be told there: the error text is the thread's own.
                        using var scope = NewDisposeScope();
                        var error = Assert.Throws<TorchException>(() => weight.reshape(n + 3, 1000));
                        Assert.Contains($"({n + 3}, 1000)", error.Message, StringComparison.Ordinal);
                        Assert.Contains($"[{n + 3}, 1000]", error.Message, StringComparison.Ordinal);
                    }
                }
                catch (Exception e)
                {
                    lock (errors)
                        errors.Add(e);
                }
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Assert.Empty(errors);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static float Work(Tensor weight, int depth)
    {
        using var scope = NewDisposeScope();
        var x = ones([4, 16]);
        for (var i = 0; i < 5; i++)
        {
            using var inner = NewDisposeScope();
            x = nn.functional.linear(x, weight).tanh().add_(x, 0.5).MoveToOuterDisposeScope();
        }
        var parts = x.chunk(4, 1);
        var sum = cat(parts, 0).square().mean().ToSingle();
        return depth < 2 ? sum + Work(weight, depth + 1) : sum;
    }

    [Fact]
    public void Facts_about_a_shared_tensor_are_whole_from_every_thread()
    {
        for (var round = 0; round < 100; round++)
        {
            using var t = zeros([2, 3, 4], ScalarType.Float64);
            using var start = new Barrier(3);
            var wrong = 0;
            var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                if (t.dtype != ScalarType.Float64 || t.numel() != 24 || t.dim() != 3 || t.shape.Length != 3 || t.device.type != DeviceType.CPU)
                    Interlocked.Increment(ref wrong);
            })).ToList();
            threads.ForEach(x => x.Start());
            threads.ForEach(x => x.Join());
            Assert.Equal(0, wrong);
        }
    }

    [Fact]
    public void The_number_of_threads_holds_for_threads_started_later()
    {
        var before = get_num_threads();
        try
        {
            set_num_threads(1);
            var seen = 0;
            DisposeScopeTests.OnAnotherThread(() =>
            {
                using var scope = NewDisposeScope();
                _ = ones([8, 8]).matmul(ones([8, 8]));
                seen = get_num_threads();
            });
            Assert.Equal(1, seen);
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
