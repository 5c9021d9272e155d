namespace WorldModelActors.Rollout.Tests;

/// <summary>A host on the host: moving is copying.</summary>
internal sealed class CopySpace : ISpillSpace
{
    public Tensor ToHost(Tensor tensor) => Copy(tensor);

    public Tensor ToDevice(Tensor tensor) => Copy(tensor);

    private static Tensor Copy(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.clone().DetachFromDisposeScope();
    }
}
