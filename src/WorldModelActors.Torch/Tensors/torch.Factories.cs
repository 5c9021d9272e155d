using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

public static partial class torch
{
    public static unsafe Tensor empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null)
    {
        fixed (long* s = size)
            return Ops.empty.Call(Arg.Ints(s, size.Length), dtype, Arg.None, device);
    }

    public static unsafe Tensor zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null)
    {
        fixed (long* s = size)
            return Ops.zeros.Call(Arg.Ints(s, size.Length), dtype, Arg.None, device);
    }

    public static unsafe Tensor ones(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null)
    {
        fixed (long* s = size)
            return Ops.ones.Call(Arg.Ints(s, size.Length), dtype, Arg.None, device);
    }

    public static unsafe Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null)
    {
        fixed (long* s = size)
            return Ops.full.Call(Arg.Ints(s, size.Length), value, dtype, Arg.None, device);
    }

    /// <summary>Standard normal draws, from the given generator or the default one.</summary>
    public static unsafe Tensor randn(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, Generator? generator = null)
    {
        fixed (long* s = size)
            return Ops.randn_generator.Call(Arg.Ints(s, size.Length), generator, dtype, Arg.None, device);
    }

    /// <summary>Uniform draws from [0, 1).</summary>
    public static unsafe Tensor rand(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, Generator? generator = null)
    {
        fixed (long* s = size)
            return Ops.rand_generator.Call(Arg.Ints(s, size.Length), generator, dtype, Arg.None, device);
    }

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null) => arange(0, stop, 1, dtype, device);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null) =>
        arange(start, stop, 1, dtype, device);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null) =>
        Ops.arange.Call(start, stop, step, dtype, Arg.None, device);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null) =>
        Ops.linspace.Call((Scalar)start, (Scalar)end, steps, dtype, Arg.None, device);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null) =>
        Ops.eye.Call(rows, columns < 0 ? rows : columns, dtype, Arg.None, device);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null) =>
        Ops.empty_like.Call(input, dtype, Arg.None, device);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null) =>
        Ops.zeros_like.Call(input, dtype, Arg.None, device);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null) =>
        Ops.ones_like.Call(input, dtype, Arg.None, device);

    public static Tensor randn_like(Tensor input, ScalarType? dtype = null, Device? device = null) =>
        Ops.randn_like.Call(input, dtype, Arg.None, device);

    public static Tensor tensor(float value, ScalarType? dtype = null, Device? device = null) => full([], value, dtype ?? ScalarType.Float32, device);

    public static Tensor tensor(double value, ScalarType? dtype = null, Device? device = null) => full([], value, dtype ?? ScalarType.Float64, device);

    public static Tensor tensor(long value, ScalarType? dtype = null, Device? device = null) => full([], value, dtype ?? ScalarType.Int64, device);

    public static Tensor tensor(int value, Device? device = null) => full([], value, ScalarType.Int32, device);

    public static Tensor tensor(bool value, Device? device = null) => full([], value, ScalarType.Bool, device);

    public static Tensor tensor(float[] dataArray, ScalarType? dtype = null, Device? device = null) =>
        tensor(dataArray, [dataArray.Length], dtype, device);

    public static Tensor tensor(double[] dataArray, ScalarType? dtype = null, Device? device = null) =>
        tensor(dataArray, [dataArray.Length], dtype, device);

    public static Tensor tensor(long[] dataArray, ScalarType? dtype = null, Device? device = null) =>
        tensor(dataArray, [dataArray.Length], dtype, device);

    public static Tensor tensor(int[] dataArray, ScalarType? dtype = null, Device? device = null) =>
        tensor(dataArray, [dataArray.Length], dtype, device);

    public static Tensor tensor(byte[] dataArray, ScalarType? dtype = null, Device? device = null) =>
        tensor(dataArray, [dataArray.Length], dtype, device);

    public static Tensor tensor(bool[] dataArray, ScalarType? dtype = null, Device? device = null) =>
        tensor(dataArray, [dataArray.Length], dtype, device);

    public static Tensor tensor(float[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromHost<float>(dataArray, dimensions, ScalarType.Float32, dtype, device);

    public static Tensor tensor(double[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromHost<double>(dataArray, dimensions, ScalarType.Float64, dtype, device);

    public static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromHost<long>(dataArray, dimensions, ScalarType.Int64, dtype, device);

    public static Tensor tensor(int[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromHost<int>(dataArray, dimensions, ScalarType.Int32, dtype, device);

    public static Tensor tensor(byte[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromHost<byte>(dataArray, dimensions, ScalarType.Byte, dtype, device);

    public static Tensor tensor(bool[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null) =>
        FromHost<bool>(dataArray, dimensions, ScalarType.Bool, dtype, device);

    private static Tensor FromHost<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> size, ScalarType own, ScalarType? dtype, Device? device)
        where T : unmanaged
    {
        using var scope = NewDisposeScope();
        var host = empty(size, own);
        if (host.numel() != data.Length)
            throw new TorchException($"tensor: {data.Length} elements do not fill the shape [{string.Join(", ", size.ToArray())}]");
        MemoryMarshal.AsBytes(data).CopyTo(host.bytes);
        var there = device is null || device.type == DeviceType.CPU;
        if (dtype is { } type && type != own)
            host = host.to(type);
        // From page-locked memory the copy is one more piece of the stream's work; from other memory the host would wait for all of it.
        var result = there ? host : device!.type == DeviceType.CUDA ? host.pin_memory().to(device, non_blocking: true) : host.to(device);
        return result.MoveToOuterDisposeScope();
    }
}
