namespace WorldModelActors.Torch;

/// <summary>
/// A queue of device work. TorchSharp has no streams: everything runs on the device's default stream, in the order of submission, so that
/// whoever would wait for another stream need not.
/// </summary>
public sealed class CudaStream
{
    private CudaStream(int device)
    {
        Fallback.Streams.Say();
        DeviceIndex = device;
    }

    /// <summary>Index of the device.</summary>
    public int DeviceIndex { get; }

    /// <summary>The device's only stream.</summary>
    public static CudaStream New(int device, int priority = 0) => new(device);

    /// <summary>The device's only stream.</summary>
    public static CudaStream Default(int device) => new(device);

    /// <summary>The device's only stream.</summary>
    public static CudaStream Current(int device) => new(device);

    /// <summary>It is.</summary>
    public void MakeCurrent()
    {
    }

    /// <summary>It is current, and stays.</summary>
    public IDisposable Use() => new Guard();

    /// <summary>Blocks the host until the device is idle.</summary>
    public void Synchronize() => cuda.synchronize(new Device(DeviceType.CUDA, DeviceIndex));

    /// <summary>True: asking waits for the device.</summary>
    public bool IsIdle
    {
        get
        {
            Synchronize();
            return true;
        }
    }

    private sealed class Guard : IDisposable
    {
        public void Dispose()
        {
        }
    }
}

/// <summary>What streams ask of tensors.</summary>
public static class CudaTensorExtensions
{
    /// <summary>Nothing: with one stream the caching allocator gives memory away in the order of use.</summary>
    public static void RecordStream(this Tensor tensor, CudaStream stream)
    {
    }
}
