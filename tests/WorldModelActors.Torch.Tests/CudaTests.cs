using static WorldModelActors.Torch.torch;
using F = WorldModelActors.Torch.torch.nn.functional;

namespace WorldModelActors.Torch.Tests;

public sealed class WithoutCudaTests
{
    [Fact]
    public void Every_call_says_what_is_missing()
    {
        Assert.SkipWhen(cuda.is_available(), "this machine has CUDA");
        Action[] calls =
        [
            () => CudaStream.New(0), () => CudaStream.Default(0), () => CudaStream.Current(0), () => new CudaEvent(), () => new CudaGraph(),
            () => CudaDevice.Memory(0), () => CudaDevice.Properties(0), () => CudaDevice.ResetPeakMemory(0), CudaDevice.EmptyCache,
            () => CudaDevice.SetCurrent(0), () => _ = CudaDevice.Current, () => cuda.synchronize(), () => new Generator(1, CUDA),
            () => zeros([1], device: CUDA), () => zeros([1]).pin_memory(), () => zeros([1]).cuda(),
        ];
        Assert.All(calls, call =>
        {
            var message = Assert.Throws<TorchException>(call).Message;
            Assert.Contains("CUDA", message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain('\n', message);
        });
        Assert.Equal(0, cuda.device_count());
    }
}

public sealed class CudaTests : IDisposable
{
    private readonly DisposeScope? _scope;
    private readonly long _before = Tensor.TotalCount;

    public CudaTests()
    {
        Assert.SkipUnless(cuda.is_available(), "no CUDA device here");
        _scope = NewDisposeScope();
    }

    public void Dispose()
    {
        if (_scope is null)
            return;
        _scope.Dispose();
        cuda.synchronize();
        Assert.Equal(_before, Tensor.TotalCount);
    }

    private static Device Gpu => new(DeviceType.CUDA, 0);

    private static Tensor Draw(params long[] shape)
    {
        using var generator = new Generator(3);
        return randn(shape, generator: generator);
    }

    [Fact]
    public void Tensors_go_there_and_back()
    {
        var t = Draw(3, 5);
        var there = t.to(Gpu);
        Assert.Equal(Gpu, there.device);
        Assert.True(there.cpu().Equals(t));
        Assert.Equal(t.data<float>().ToArray(), there.data<float>().ToArray());
        Assert.Equal(t.sum().ToSingle(), there.sum().ToSingle(), 4);
        Assert.Throws<TorchException>(() => there.bytes.Length);
        Assert.Contains("cuda:0", Assert.Throws<TorchException>(() => there.reshape(7)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_device_describes_itself()
    {
        var (name, memory, multiprocessors) = CudaDevice.Properties(0);
        Assert.NotEmpty(name);
        Assert.True(memory > 0 && multiprocessors > 0);
        Assert.InRange(cuda.device_count(), 1, 64);
        CudaDevice.SetCurrent(0);
        Assert.Equal(0, CudaDevice.Current);
        Assert.Throws<TorchException>(() => CudaDevice.Properties(200));
    }

    [Fact]
    public void Memory_is_counted()
    {
        const long Bytes = 64 << 20;
        CudaDevice.ResetPeakMemory(0);
        var before = CudaDevice.Memory(0);
        using (var t = zeros([Bytes], ScalarType.Byte, Gpu))
            Assert.Equal(before.Allocated + Bytes, CudaDevice.Memory(0).Allocated);
        var after = CudaDevice.Memory(0);
        Assert.Equal(before.Allocated, after.Allocated);
        Assert.True(after.PeakAllocated >= before.Allocated + Bytes);
        Assert.True(after.Reserved >= after.Allocated && after.Total >= after.Free && after.Free > 0);
        CudaDevice.EmptyCache();
        Assert.True(CudaDevice.Memory(0).Reserved <= after.Reserved - Bytes);
    }

    [Fact]
    public void Out_of_memory_is_told_and_survived()
    {
        var error = Assert.Throws<TorchException>(() => empty([1L << 50], ScalarType.Byte, Gpu));
        Assert.True(error.IsOutOfMemory, error.Message);
        Assert.Equal(6, (ones([3], device: Gpu) * 2).sum().ToSingle());
    }

    [Fact]
    public void Streams_are_current_on_their_thread_while_in_use()
    {
        var normal = CudaStream.New(0);
        var urgent = CudaStream.New(0, priority: -1);
        Assert.NotEqual(normal.Id, urgent.Id);
        var before = CudaStream.Current(0);
        using (normal.Use())
        {
            Assert.Equal(normal.Id, CudaStream.Current(0).Id);
            using (urgent.Use())
                Assert.Equal(urgent.Id, CudaStream.Current(0).Id);
            Assert.Equal(normal.Id, CudaStream.Current(0).Id);
            long other = -1;
            DisposeScopeTests.OnAnotherThread(() => other = CudaStream.Current(0).Id);
            Assert.Equal(CudaStream.Default(0).Id, other);
        }
        Assert.Equal(before.Id, CudaStream.Current(0).Id);
        normal.Synchronize();
        Assert.True(normal.IsIdle);
    }

    [Fact]
    public void A_stream_waits_for_an_event_of_another()
    {
        var producer = CudaStream.New(0);
        var consumer = CudaStream.New(0, priority: -1);
        using var ready = new CudaEvent();
        var size = 2048;
        Tensor a, b;
        using (producer.Use())
        {
            a = ones([size, size], device: Gpu);
            // Some milliseconds of work, so that a consumer that did not wait would read too early.
            for (var i = 0; i < 20; i++)
                a = a.matmul(a).mul_(1.0 / size);
            ready.Record(producer);
        }
        using (consumer.Use())
        {
            ready.Block(consumer);
            b = a.sum();
            a.RecordStream(consumer);
        }
        consumer.Synchronize();
        Assert.True(ready.IsComplete);
        Assert.Equal((double)size * size, b.ToDouble());
        Assert.Throws<TorchException>(() => ones([1]).RecordStream(consumer));
    }

    [Fact]
    public void Memory_in_use_on_another_stream_is_not_given_away()
    {
        var producer = CudaStream.New(0);
        var consumer = CudaStream.New(0);
        using var filled = new CudaEvent();
        Tensor copy;
        nint address;
        using (NewDisposeScope())
        {
            Tensor t;
            using (producer.Use())
            {
                t = full([1 << 24], 3.0, ScalarType.Float32, Gpu);
                filled.Record(producer);
            }
            using (consumer.Use())
            {
                filled.Block(consumer);
                var busy = ones([4096, 4096], device: Gpu);
                for (var i = 0; i < 10; i++)
                    busy = busy.matmul(busy).mul_(1.0 / 4096);
                copy = t.clone().DetachFromDisposeScope();
            }
            t.RecordStream(consumer);
            address = t.DataPointer;
        }
        using (copy)
        using (producer.Use())
        {
            using var next = full([1 << 24], 9.0, ScalarType.Float32, Gpu);
            consumer.Synchronize();
            producer.Synchronize();
            Assert.Equal(3, copy.min().ToSingle());
            Assert.Equal(3, copy.max().ToSingle());
        }
    }

    [Fact]
    public void Events_measure_device_time()
    {
        using var start = new CudaEvent(timing: true);
        using var end = new CudaEvent(timing: true);
        var stream = CudaStream.Current(0);
        start.Record(stream);
        _ = ones([1024, 1024], device: Gpu).matmul(ones([1024, 1024], device: Gpu));
        end.Record(stream);
        end.Synchronize();
        Assert.True(start.ElapsedMilliseconds(end) > 0);
    }

    [Fact]
    public void A_graph_replays_what_was_captured_on_new_inputs()
    {
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: false);
        var stream = CudaStream.New(0);
        using var use = stream.Use();
        var x = zeros([2, 8, 16, 16], device: Gpu);
        var kernel = Draw(8, 8, 3, 3).to(Gpu);
        var weight = Draw(16, 16).to(Gpu);
        var scale = ones([8], device: Gpu);

        Tensor Network()
        {
            using var scope = NewDisposeScope();
            var h = F.conv2d(x, kernel, padding: [1]);
            h = F.silu(F.group_norm(h, 4, scale, scale));
            h = F.linear(h, weight).add_(x);
            return F.scaled_dot_product_attention(h, h, h).softmax(-1).MoveToOuterDisposeScope();
        }

        // Warm up: libraries make their handles and workspaces outside the capture.
        _ = Network();
        stream.Synchronize();
        using var graph = new CudaGraph();
        Tensor? y = null;
        graph.Capture(() => y = Network());
        for (var round = 0; round < 3; round++)
        {
            using var generator = new Generator((ulong)round);
            x.copy_(randn([2, 8, 16, 16], generator: generator));
            graph.Replay();
            var replayed = y!.cpu();
            Assert.True(replayed.Equals(Network().cpu()));
            Assert.False(replayed.Equals(zeros_like(replayed)));
        }

        // A second graph in the first one's memory.
        using var second = new CudaGraph();
        Tensor? z = null;
        second.Capture(() => z = Network() + 1, graph);
        second.Replay();
        Assert.True(z!.cpu().Equals((Network() + 1).cpu()));
        stream.Synchronize();
    }

    [Fact]
    public void A_failed_capture_leaves_the_stream_usable()
    {
        var stream = CudaStream.New(0);
        using var use = stream.Use();
        var x = ones([4], device: Gpu);
        _ = x + 1;
        stream.Synchronize();
        var graph = new CudaGraph();
        Assert.Throws<TorchException>(() => graph.Capture(() => x.reshape(5)));
        graph.Dispose();
        Assert.Throws<ObjectDisposedException>(graph.Replay);
        Assert.Equal(8, (x + 1).sum().ToSingle());
    }

    [Fact]
    public void Pinned_memory_copies_without_waiting()
    {
        var stream = CudaStream.New(0);
        using var use = stream.Use();
        var host = Draw(1 << 20).pin_memory();
        Assert.True(host.is_pinned());
        Assert.False(Draw(4).is_pinned());
        var device = host.to(Gpu, non_blocking: true);
        var back = zeros([1 << 20]).pin_memory();
        back.copy_(device, nonBlocking: true);
        stream.Synchronize();
        Assert.True(back.Equals(host));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-4)]
    [InlineData(ScalarType.Float16, 2e-2)]
    [InlineData(ScalarType.BFloat16, 1e-1)]
    public void Operators_agree_with_the_host(ScalarType type, double tolerance)
    {
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: false);
        var x = Draw(2, 8, 12, 12);
        var kernel = Draw(8, 8, 3, 3).mul_(0.1);
        var expected = F.silu(F.group_norm(F.conv2d(x, kernel, padding: [1]), 2));
        Tensor There(Tensor t) => t.to(type, Gpu);
        var actual = F.silu(F.group_norm(F.conv2d(There(x), There(kernel), padding: [1]), 2));
        Assert.Equal(type, actual.dtype);
        Assert.True(actual.cpu().@float().sub(expected).abs().max().ToDouble() < tolerance);
        var last = F.conv2d(There(x).Contiguous(MemoryFormat.ChannelsLast), There(kernel).Contiguous(MemoryFormat.ChannelsLast), padding: [1]);
        Assert.True(last.IsContiguous(MemoryFormat.ChannelsLast));
    }

    [Theory]
    [MemberData(nameof(AttentionTests.Masks), MemberType = typeof(AttentionTests))]
    public void Attention_agrees_with_the_stand_in(string kind)
    {
        var q = Draw(2, 3, 16, 32).to(Gpu);
        var mask = kind switch
        {
            "additive" => Draw(16, 16).to(Gpu),
            "additive for all" => Draw(2, 3, 16, 16).to(Gpu),
            "boolean" => ones([16, 16], ScalarType.Bool, Gpu).tril(),
            _ => null,
        };
        var causal = kind == "causal";
        CudaDevice.SetMathMode(allowTf32: false, cudnnBenchmark: false);
        Assert.True(Sdpa.Attend(q, q, q, mask, causal).allclose(Sdpa.Plain(q, q, q, mask, causal), 1e-4, 1e-5));
    }

    [Fact]
    public void A_seed_is_a_sequence_on_the_device_too()
    {
        using var a = new Generator(5, Gpu);
        using var b = new Generator(5, Gpu);
        Assert.True(randn([100], device: Gpu, generator: a).Equals(randn([100], device: Gpu, generator: b)));
        Assert.True(randn([100], device: Gpu, generator: a).Equals(randn([100], device: Gpu, generator: b)));
    }

    [Fact]
    public void Threads_with_their_own_streams_do_not_disturb_each_other()
    {
        var weight = Draw(64, 64).to(Gpu).mul_(0.1);
        var expected = Work(weight);
        var wrong = 0;
        var threads = Enumerable.Range(0, 4).Select(n => new Thread(() =>
        {
            var stream = CudaStream.New(0, -n);
            using var use = stream.Use();
            for (var i = 0; i < 20; i++)
            {
                if (!Work(weight).AsSpan().SequenceEqual(expected))
                    Interlocked.Increment(ref wrong);
            }
            weight.RecordStream(stream);
        })).ToList();
        cuda.synchronize();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(0, wrong);

        static float[] Work(Tensor weight)
        {
            using var scope = NewDisposeScope();
            var x = ones([8, 64], device: Gpu);
            for (var i = 0; i < 10; i++)
                x = F.linear(x, weight).tanh();
            return x.data<float>().ToArray();
        }
    }
}
