namespace WorldModelActors.Benchmarks;

/// <summary>What the chip reaches today.</summary>
/// <param name="MatmulTeraflops">A bfloat16 matrix product of 8192 x 8192 x 8192 on random numbers.</param>
/// <param name="CopyTerabytes">A copy of 4 GB within the device, bytes read and written, per second.</param>
public sealed record ChipPeaks(double MatmulTeraflops, double CopyTerabytes)
{
    private const int Size = 8192;
    private const long CopyBytes = 4L << 30;

    internal static ChipPeaks Measure(Device device, DeviceTimer timer)
    {
        using var scope = NewDisposeScope();
        var a = randn([Size, Size], device: device).to(ScalarType.BFloat16);
        var b = randn([Size, Size], device: device).to(ScalarType.BFloat16);
        var matmul = timer.Milliseconds(() => a.matmul(b).Dispose(), 10, warmUp: 5);
        var from = rand([CopyBytes / 4], device: device);
        var to = empty_like(from);
        var copy = timer.Milliseconds(() => to.copy_(from), 5);
        return new ChipPeaks(2.0 * Size * Size * Size / matmul / 1e9, 2.0 * CopyBytes / copy / 1e9);
    }
}
