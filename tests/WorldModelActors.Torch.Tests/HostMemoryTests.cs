using System.Runtime.InteropServices;
using static WorldModelActors.Torch.Tests.Expect;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed unsafe class HostMemoryTests
{
    private sealed class Buffer : IDisposable
    {
        public Buffer(params float[] values)
        {
            Address = (nint)NativeMemory.Alloc((nuint)Math.Max(values.Length, 1), sizeof(float));
            values.CopyTo(new Span<float>((void*)Address, values.Length));
        }

        public nint Address { get; }

        public int Releases { get; private set; }

        public void Dispose()
        {
            Releases++;
            NativeMemory.Free((void*)Address);
        }
    }

    [Fact]
    public void The_tensor_is_the_memory()
    {
        var buffer = new Buffer(1, 2, 3, 4);
        using (var t = HostMemory.Wrap(buffer.Address, [2, 2], [], ScalarType.Float32, buffer))
        {
            Matrix(t, 2, 2, 1, 2, 3, 4);
            Assert.Equal(buffer.Address, t.DataPointer);
            t.add_(1);
            Assert.Equal(2, *(float*)buffer.Address);
        }
        Assert.Equal(1, buffer.Releases);
    }

    [Fact]
    public void Strides_describe_other_layouts()
    {
        var buffer = new Buffer(1, 2, 3, 4, 5, 6);
        using var t = HostMemory.Wrap(buffer.Address, [3, 2], [1, 3], ScalarType.Float32, buffer);
        Matrix(t, 3, 2, 1, 4, 2, 5, 3, 6);
    }

    [Fact]
    public void The_owner_goes_with_the_last_view_not_with_the_first_handle()
    {
        var buffer = new Buffer(1, 2, 3, 4);
        Tensor view;
        using (NewDisposeScope())
        {
            var t = HostMemory.Wrap(buffer.Address, [4], [], ScalarType.Float32, buffer);
            view = t[1..3].DetachFromDisposeScope();
        }
        Assert.Equal(0, buffer.Releases);
        Vector(view, 2, 3);
        view.Dispose();
        Assert.Equal(1, buffer.Releases);
    }

    [Fact]
    public void The_owner_may_go_on_any_thread()
    {
        var buffer = new Buffer(1);
        var t = HostMemory.Wrap(buffer.Address, [1], [], ScalarType.Float32, buffer);
        DisposeScopeTests.OnAnotherThread(t.Dispose);
        Assert.Equal(1, buffer.Releases);
    }

    [Fact]
    public void An_owner_is_kept_alive_by_the_tensor_alone()
    {
        var (t, owner) = Make();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(owner.IsAlive);
        Vector(t, 5);
        t.Dispose();

        static (Tensor, WeakReference) Make()
        {
            var memory = GC.AllocateArray<float>(1, pinned: true);
            memory[0] = 5;
            return (HostMemory.Wrap((nint)Marshal.UnsafeAddrOfPinnedArrayElement(memory, 0), [1], [], ScalarType.Float32, memory), new WeakReference(memory));
        }
    }

    [Fact]
    public void Empty_tensors_need_no_memory_and_release_their_owner_too()
    {
        var buffer = new Buffer();
        using (var t = HostMemory.Wrap(0, [3, 0], [], ScalarType.Float32, buffer))
            Assert.Equal([3, 0], t.shape);
        Assert.Equal(1, buffer.Releases);
        using var scalar = HostMemory.Wrap(new Buffer(7).Address, [], [], ScalarType.Float32, null);
        Number(scalar, 7);
    }

    [Fact]
    public void A_refused_wrap_leaves_the_owner_to_the_caller()
    {
        using var buffer = new Buffer(1, 2);
        var before = Tensor.TotalCount;
        Assert.Throws<TorchException>(() => HostMemory.Wrap(buffer.Address, [-1], [], ScalarType.Float32, buffer));
        Assert.Throws<TorchException>(() => HostMemory.Wrap(buffer.Address, [2, 1], [-1, 1], ScalarType.Float32, buffer));
        Assert.Throws<TorchException>(() => HostMemory.Wrap(buffer.Address, [1L << 40, 1L << 40], [], ScalarType.Float32, buffer));
        Assert.Throws<TorchException>(() => HostMemory.Wrap(buffer.Address, [1L << 40, 2], [1L << 40, 1], ScalarType.Float32, buffer));
        Assert.Throws<ArgumentException>(() => HostMemory.Wrap(buffer.Address, [2], [1, 1], ScalarType.Float32, buffer));
        Assert.Throws<ArgumentException>(() => HostMemory.Wrap(0, [2], [], ScalarType.Float32, buffer));
        Assert.Equal(0, buffer.Releases);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
