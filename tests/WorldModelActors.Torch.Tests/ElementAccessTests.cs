using static WorldModelActors.Torch.Tests.Expect;
using static WorldModelActors.Torch.torch;

namespace WorldModelActors.Torch.Tests;

public sealed class ElementAccessTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Every_element_type_is_read_and_written_as_its_own()
    {
        RoundTrip<float>(ScalarType.Float32, [1.5f, -2, float.NaN]);
        RoundTrip<double>(ScalarType.Float64, [0.1, double.MaxValue, -0.0]);
        RoundTrip<long>(ScalarType.Int64, [long.MinValue, long.MaxValue, 0]);
        RoundTrip<int>(ScalarType.Int32, [int.MinValue, int.MaxValue, 0]);
        RoundTrip<short>(ScalarType.Int16, [short.MinValue, short.MaxValue, 0]);
        RoundTrip<sbyte>(ScalarType.Int8, [sbyte.MinValue, sbyte.MaxValue, 0]);
        RoundTrip<byte>(ScalarType.Byte, [0, 128, 255]);
        RoundTrip<bool>(ScalarType.Bool, [true, false, true]);
        RoundTrip<Half>(ScalarType.Float16, [(Half)1.5, Half.MaxValue, Half.NegativeInfinity]);
        // .NET 10 has no bfloat16: its bits.
        RoundTrip<ushort>(ScalarType.BFloat16, [0x3F80, 0xFF80, 0]);
    }

    private static void RoundTrip<T>(ScalarType type, T[] values)
        where T : unmanaged
    {
        var t = zeros([values.Length], type);
        t.data<T>().CopyFrom(values);
        Assert.Equal(values, t.data<T>().ToArray());
        Assert.Equal(values[1], t.data<T>()[1]);
        t.data<T>()[1] = values[0];
        Assert.Equal(values[0], t[1].data<T>().ToArray()[0]);
        Assert.Equal(values.Length * t.element_size(), t.bytes.Length);
    }

    [Fact]
    public void The_wrong_type_is_refused()
    {
        var error = Assert.Throws<TorchException>(() => V(1).data<double>());
        Assert.Equal("data<Double>: the tensor holds Float32", error.Message);
        Assert.Throws<TorchException>(() => V(1).data<int>());
        Assert.Throws<TorchException>(() => tensor([1L]).data<double>());
        Assert.Throws<TorchException>(() => V(1).half().data<short>());
        Assert.Throws<TorchException>(() => V(1).bfloat16().data<Half>());
    }

    [Fact]
    public void Elements_come_in_logical_order()
    {
        var t = M(2, 3, 0, 1, 2, 3, 4, 5).t();
        Assert.Equal([0f, 3, 1, 4, 2, 5], t.data<float>().ToArray());
        var part = new float[6];
        t.data<float>().CopyTo(part);
        Assert.Equal([0f, 3, 1, 4, 2, 5], part);
        Assert.Throws<ArgumentException>(() => t.data<float>().CopyTo(new float[5]));
        Assert.Throws<ArgumentException>(() => t.data<float>().CopyFrom(new float[5]));
    }

    [Fact]
    public void In_place_access_needs_dense_host_memory()
    {
        var t = M(2, 2, 0, 1, 2, 3);
        Assert.Throws<TorchException>(() => t.t().bytes.Length);
        Assert.Throws<TorchException>(() => t.t().data<float>().CopyFrom([1, 2, 3, 4]));
        Assert.Throws<TorchException>(() => zeros([2], device: META).bytes.Length);
        t.bytes.Clear();
        Matrix(t, 2, 2, 0, 0, 0, 0);
        Assert.True(zeros([0]).bytes.IsEmpty);
    }

    [Fact]
    public void More_than_a_span_can_hold_is_an_error()
    {
        // Without touching a byte of it: an expanded tensor would not be dense, so three gigabytes are reserved only.
        using var big = empty([3L << 30], ScalarType.Byte);
        var error = Assert.Throws<TorchException>(() => big.bytes.Length);
        Assert.Contains("do not fit one span", error.Message, StringComparison.Ordinal);
        Assert.Equal(1L << 30, big.narrow(0, 2L << 30, 1L << 30).bytes.Length);
    }

    [Fact]
    public void Item_converts_one_element()
    {
        Assert.Equal(2.5, tensor(2.5f).item<double>());
        Assert.Equal(2, tensor(2.9f).item<int>());
        Assert.Equal(-2, tensor(-2.9).item<long>());
        Assert.Equal((Half)0.5, V(0.5f).half().item<Half>());
        Assert.Equal(0.5f, V(0.5f).bfloat16().item<float>());
        Assert.Equal((byte)255, tensor(new byte[] { 255 }).item<byte>());
        Assert.Equal(-7f, tensor(new[] { -7L }).item<float>());
        Assert.True(tensor(true).item<bool>());
        Assert.Equal(1L, tensor(true).item<long>());
        Assert.Equal((short)-3, tensor(-3).item<short>());
        Assert.Equal((sbyte)-3, tensor(-3).item<sbyte>());
    }

    [Fact]
    public void Item_refuses_what_does_not_fit()
    {
        Assert.Equal("item: 256 does not fit Byte", Assert.Throws<TorchException>(() => tensor(256).item<byte>()).Message);
        Assert.Throws<TorchException>(() => tensor(-1).item<byte>());
        Assert.Throws<TorchException>(() => tensor(1L << 40).item<int>());
        Assert.Throws<TorchException>(() => tensor(double.NaN).item<long>());
        Assert.Throws<TorchException>(() => tensor(1e300).item<long>());
        Assert.Throws<TorchException>(() => V(1, 2).item<float>());
        Assert.Throws<TorchException>(() => zeros([0]).item<float>());
    }

    [Fact]
    public void Meta_tensors_have_shapes_and_no_elements()
    {
        var t = zeros([2, 1L << 40], device: META).matmul(zeros([1L << 40, 3], device: META));
        Assert.Equal([2, 3], t.shape);
        Assert.Equal(DeviceType.META, t.device.type);
        Assert.Throws<TorchException>(() => t.data<float>().ToArray());
        Assert.Throws<TorchException>(() => t.item<float>());
    }

    [Fact]
    public void Layouts_other_than_dense_are_told_and_kept()
    {
        var t = arange(8, dtype: ScalarType.Float32).reshape(1, 2, 2, 2);
        var last = t.Contiguous(MemoryFormat.ChannelsLast);
        Assert.True(last.IsContiguous(MemoryFormat.ChannelsLast));
        Assert.False(last.is_contiguous());
        Assert.Equal([8, 1, 4, 2], last.stride());
        Assert.True(last.Equals(t));
        Assert.True(zeros([1, 2, 2, 2, 2]).Contiguous(MemoryFormat.ChannelsLast3d).IsContiguous(MemoryFormat.ChannelsLast3d));
    }

    [Fact]
    public void More_dimensions_than_a_handle_describes_are_refused()
    {
        Assert.Equal(12, zeros([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]).dim());
        var error = Assert.Throws<TorchException>(() => zeros([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]).shape);
        Assert.Contains("more than 12 dimensions", error.Message, StringComparison.Ordinal);
    }
}
