using System.Runtime.InteropServices;

namespace WorldModelActors.Torch;

/// <summary>Bytes in use on a device.</summary>
/// <param name="Allocated">In use on the device, by whomever: TorchSharp does not ask the caching allocator.</param>
/// <param name="PeakAllocated">As <paramref name="Allocated"/>: nobody keeps the highest.</param>
/// <param name="Reserved">As <paramref name="Allocated"/>.</param>
/// <param name="PeakReserved">As <paramref name="Allocated"/>.</param>
/// <param name="Free">Free on the device, whoever uses the rest.</param>
/// <param name="Total">Size of the device's memory.</param>
public readonly record struct CudaMemory(long Allocated, long PeakAllocated, long Reserved, long PeakReserved, long Free, long Total);

/// <summary>Properties, memory and arithmetic modes of CUDA devices: TorchSharp tells the modes, the driver the rest.</summary>
public static class CudaDevice
{
    /// <summary>Name, memory in bytes and number of multiprocessors.</summary>
    public static (string Name, long TotalMemory, int Multiprocessors) Properties(int index) => CudaDriver.Properties(index);

    /// <summary>The device's memory, as the driver tells it.</summary>
    public static CudaMemory Memory(int index)
    {
        Fallback.Memory.Say();
        var (free, total) = CudaDriver.Memory(index);
        var used = total - free;
        return new CudaMemory(used, used, used, used, free, total);
    }

    /// <summary>Bytes in use on the device, twice.</summary>
    public static (long Allocated, long Peak) Allocated(int index) => (Memory(index).Allocated, Memory(index).PeakAllocated);

    /// <summary>Nothing: nobody keeps the highest.</summary>
    public static void ResetPeakMemory(int index) => Fallback.Memory.Say();

    /// <summary>Nothing: TorchSharp leaves unused memory with the caching allocator.</summary>
    public static void EmptyCache() => Fallback.Waiting.Say();

    /// <summary>Nothing: waiting threads do as CUDA has them by default.</summary>
    public static void SleepWhileWaiting(int index) => Fallback.Waiting.Say();

    /// <summary>Nothing: every tensor says its device.</summary>
    public static void SetCurrent(int index)
    {
    }

    /// <summary>The device that is current on the calling thread: always the first.</summary>
    public static int Current => 0;

    /// <summary>How CUDA's libraries compute, for the whole process.</summary>
    /// <param name="allowTf32">TF32 in float32 matrix products and convolutions.</param>
    /// <param name="cudnnBenchmark">Without effect: TorchSharp does not offer the search.</param>
    /// <param name="reducedPrecisionSums">Half-precision matrix products may also add partial sums in half precision.</param>
    public static void SetMathMode(bool allowTf32, bool cudnnBenchmark, bool reducedPrecisionSums = false)
    {
        if (cudnnBenchmark)
            Fallback.Waiting.Say();
        backends.cuda.matmul.allow_tf32 = allowTf32;
        backends.cudnn.allow_tf32 = allowTf32;
        backends.cuda.matmul.allow_fp16_reduced_precision_reduction = reducedPrecisionSums;
    }
}

/// <summary>What the CUDA driver tells of a device; its library is there wherever CUDA runs.</summary>
internal static unsafe partial class CudaDriver
{
    private const string Library = "libcuda.so.1";
    private const int MultiprocessorCount = 16;

    internal static (string Name, long TotalMemory, int Multiprocessors) Properties(int index)
    {
        int device, multiprocessors;
        nuint memory;
        var name = stackalloc byte[256];
        Check(cuInit(0), "initialisation");
        Check(cuDeviceGet(&device, index), $"cuda:{index}");
        Check(cuDeviceGetName(name, 256, device), $"name of cuda:{index}");
        Check(cuDeviceTotalMem_v2(&memory, device), $"memory of cuda:{index}");
        Check(cuDeviceGetAttribute(&multiprocessors, MultiprocessorCount, device), $"multiprocessors of cuda:{index}");
        return (Marshal.PtrToStringUTF8((nint)name)!, (long)memory, multiprocessors);
    }

    internal static (long Free, long Total) Memory(int index)
    {
        int device;
        nint context, before;
        nuint free, total;
        Check(cuInit(0), "initialisation");
        Check(cuDeviceGet(&device, index), $"cuda:{index}");
        // libtorch's own context of the device.
        Check(cuDevicePrimaryCtxRetain(&context, device), $"context of cuda:{index}");
        try
        {
            Check(cuCtxPushCurrent_v2(context), $"context of cuda:{index}");
            var status = cuMemGetInfo_v2(&free, &total);
            Check(cuCtxPopCurrent_v2(&before), $"context of cuda:{index}");
            Check(status, $"memory of cuda:{index}");
            return ((long)free, (long)total);
        }
        finally
        {
            _ = cuDevicePrimaryCtxRelease_v2(device);
        }
    }

    private static void Check(int status, string what)
    {
        if (status != 0)
            throw new ExternalException($"{what}: the CUDA driver reports error {status}");
    }

    [LibraryImport(Library)]
    private static partial int cuInit(uint flags);

    [LibraryImport(Library)]
    private static partial int cuDeviceGet(int* device, int ordinal);

    [LibraryImport(Library)]
    private static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    private static partial int cuDeviceTotalMem_v2(nuint* bytes, int device);

    [LibraryImport(Library)]
    private static partial int cuDeviceGetAttribute(int* value, int attribute, int device);

    [LibraryImport(Library)]
    private static partial int cuDevicePrimaryCtxRetain(nint* context, int device);

    [LibraryImport(Library)]
    private static partial int cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    private static partial int cuCtxPushCurrent_v2(nint context);

    [LibraryImport(Library)]
    private static partial int cuCtxPopCurrent_v2(nint* context);

    [LibraryImport(Library)]
    private static partial int cuMemGetInfo_v2(nuint* free, nuint* total);
}
