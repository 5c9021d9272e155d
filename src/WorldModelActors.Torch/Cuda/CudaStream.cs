namespace WorldModelActors.Torch;

/// <summary>A queue of device work. Operators run on the stream that is current on the calling thread.</summary>
public sealed unsafe class CudaStream
{
    private CudaStream(int device, long id)
    {
        DeviceIndex = device;
        Id = id;
    }

    public int DeviceIndex { get; }

    internal long Id { get; }

    /// <summary>A stream of the device's pool.</summary>
    /// <param name="device">Index of the device.</param>
    /// <param name="priority">As in CUDA: 0 is normal, lower numbers are scheduled first; values out of the device's range count as its ends.</param>
    public static CudaStream New(int device, int priority = 0)
    {
        cuda.Require();
        long id;
        NativeMethods.Check(NativeMethods.wma_cuda_stream_new(device, priority, &id), $"new stream on cuda:{device}");
        return new CudaStream(device, id);
    }

    /// <summary>The device's default stream.</summary>
    public static CudaStream Default(int device)
    {
        cuda.Require();
        long id;
        NativeMethods.Check(NativeMethods.wma_cuda_stream_default(device, &id), $"default stream of cuda:{device}");
        return new CudaStream(device, id);
    }

    /// <summary>The stream that is current on this thread.</summary>
    public static CudaStream Current(int device)
    {
        cuda.Require();
        long id;
        NativeMethods.Check(NativeMethods.wma_cuda_stream_current(device, &id), $"current stream of cuda:{device}");
        return new CudaStream(device, id);
    }

    /// <summary>Makes this stream (and its device) current on the calling thread until changed again.</summary>
    public void MakeCurrent() => NativeMethods.Check(NativeMethods.wma_cuda_stream_set_current(DeviceIndex, Id), "set current stream");

    /// <summary>Makes this stream (and its device) current for the life of the returned guard, which ends on the same thread.</summary>
    public IDisposable Use()
    {
        var guard = new Guard(Current(DeviceIndex), CudaDevice.Current);
        MakeCurrent();
        return guard;
    }

    /// <summary>Blocks the host until the stream is empty.</summary>
    public void Synchronize() => NativeMethods.Check(NativeMethods.wma_cuda_stream_synchronize(DeviceIndex, Id), "stream synchronize");

    /// <summary>True when everything submitted so far has run.</summary>
    public bool IsIdle
    {
        get
        {
            int done;
            NativeMethods.Check(NativeMethods.wma_cuda_stream_query(DeviceIndex, Id, &done), "stream query");
            return done != 0;
        }
    }

    private sealed class Guard(CudaStream stream, int device) : IDisposable
    {
        private bool _ended;

        public void Dispose()
        {
            if (_ended)
                return;
            _ended = true;
            stream.MakeCurrent();
            if (device != stream.DeviceIndex)
                CudaDevice.SetCurrent(device);
        }
    }
}

/// <summary>What streams ask of tensors.</summary>
public static class CudaTensorExtensions
{
    /// <summary>
    /// Tells the caching allocator that the tensor is used on this stream, so that its memory is not given to others before
    /// the stream's present work is done.
    /// </summary>
    public static void RecordStream(this Tensor tensor, CudaStream stream) =>
        NativeMethods.Check(NativeMethods.wma_cuda_record_stream(tensor.Handle, stream.DeviceIndex, stream.Id), "record_stream");
}
