namespace WorldModelActors.Rollout;

/// <summary>Memory beside the device's, to which tensors are moved that nobody reads for the moment.</summary>
internal interface ISpillSpace
{
    /// <summary>A copy on the host, in order with the caller's current stream; ready when <see cref="ToDevice"/> reads it there.</summary>
    Tensor ToHost(Tensor tensor);

    /// <summary>A copy on the device, in order with the caller's current stream.</summary>
    Tensor ToDevice(Tensor tensor);
}

/// <summary>
/// Page-locked host memory of a CUDA device. Nothing waits on the host: the copies are queued on the caller's stream, and the store's
/// event orders the streams among each other.
/// </summary>
internal sealed class PinnedHostSpace(Device device) : ISpillSpace
{
    public Tensor ToHost(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var host = empty(tensor.shape, tensor.dtype, CPU).pin_memory();
        host.copy_(tensor, nonBlocking: true);
        return host.DetachFromDisposeScope();
    }

    public Tensor ToDevice(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(device, non_blocking: true).DetachFromDisposeScope();
    }
}
