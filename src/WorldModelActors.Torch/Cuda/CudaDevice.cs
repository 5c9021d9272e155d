using System.Text;

namespace WorldModelActors.Torch;

/// <summary>Bytes in use on a device.</summary>
/// <param name="Allocated">In live tensors.</param>
/// <param name="PeakAllocated">Highest so far (see <see cref="CudaDevice.ResetPeakMemory"/>).</param>
/// <param name="Reserved">Held by the caching allocator.</param>
/// <param name="PeakReserved">Highest so far.</param>
/// <param name="Free">Free on the device, whoever uses the rest.</param>
/// <param name="Total">Size of the device's memory.</param>
public readonly record struct CudaMemory(long Allocated, long PeakAllocated, long Reserved, long PeakReserved, long Free, long Total);

/// <summary>Properties, memory and arithmetic modes of CUDA devices.</summary>
public static unsafe class CudaDevice
{
    private static readonly int s_trials = int.TryParse(Environment.GetEnvironmentVariable("WMA_CUDNN_TRIALS"), out var trials) && trials > 0 ? trials : 3;

    /// <summary>Name, memory in bytes and number of multiprocessors.</summary>
    public static (string Name, long TotalMemory, int Multiprocessors) Properties(int index)
    {
        torch.cuda.Require();
        var name = stackalloc byte[256];
        long memory;
        int sms;
        NativeMethods.Check(NativeMethods.wma_cuda_device_properties(index, name, 256, &memory, &sms), $"properties of cuda:{index}");
        var length = new ReadOnlySpan<byte>(name, 256).IndexOf((byte)0);
        return (Encoding.UTF8.GetString(name, length), memory, sms);
    }

    public static CudaMemory Memory(int index)
    {
        torch.cuda.Require();
        var v = stackalloc long[6];
        NativeMethods.Check(NativeMethods.wma_cuda_memory_stats(index, v), $"memory of cuda:{index}");
        return new CudaMemory(v[0], v[1], v[2], v[3], v[4], v[5]);
    }

    /// <summary>Bytes in live tensors and the most so far: a part of <see cref="Memory"/> that costs no call of the driver.</summary>
    public static (long Allocated, long Peak) Allocated(int index)
    {
        torch.cuda.Require();
        long allocated, peak;
        NativeMethods.Check(NativeMethods.wma_cuda_allocated(index, &allocated, &peak), $"memory of cuda:{index}");
        return (allocated, peak);
    }

    public static void ResetPeakMemory(int index)
    {
        torch.cuda.Require();
        NativeMethods.Check(NativeMethods.wma_cuda_reset_peak_memory(index), $"reset peak memory of cuda:{index}");
    }

    /// <summary>Gives the caching allocator's unused memory back to the device.</summary>
    public static void EmptyCache()
    {
        torch.cuda.Require();
        NativeMethods.Check(NativeMethods.wma_cuda_empty_cache(), "empty cache");
    }

    /// <summary>Threads of this process that wait for the device sleep from now on instead of spinning on a core.</summary>
    public static void SleepWhileWaiting(int index)
    {
        torch.cuda.Require();
        NativeMethods.Check(NativeMethods.wma_cuda_sleep_while_waiting(index), $"waiting for cuda:{index}");
    }

    /// <summary>Makes a device current on the calling thread.</summary>
    public static void SetCurrent(int index)
    {
        torch.cuda.Require();
        NativeMethods.Check(NativeMethods.wma_cuda_set_device(index), $"set device cuda:{index}");
    }

    /// <summary>The device that is current on the calling thread.</summary>
    public static int Current
    {
        get
        {
            torch.cuda.Require();
            int index;
            NativeMethods.Check(NativeMethods.wma_cuda_current_device(&index), "current device");
            return index;
        }
    }

    /// <summary>How CUDA's libraries compute, for the whole process.</summary>
    /// <param name="allowTf32">TF32 in float32 matrix products and convolutions.</param>
    /// <param name="cudnnBenchmark">
    /// cuDNN tries the algorithms that it thinks the fastest for each new shape: as many as the environment variable WMA_CUDNN_TRIALS says, or 3 (10 take twice as long and find nothing faster for these networks).
    /// </param>
    /// <param name="reducedPrecisionSums">Half-precision matrix products may also add partial sums in half precision.</param>
    public static void SetMathMode(bool allowTf32, bool cudnnBenchmark, bool reducedPrecisionSums = false) =>
        NativeMethods.Check(
            NativeMethods.wma_set_math_mode(allowTf32 ? 1 : 0, cudnnBenchmark ? s_trials : 0, reducedPrecisionSums ? 1 : 0), "math mode");
}
