namespace WorldModelActors.Torch;

/// <summary>
/// Random numbers that are pure functions of a key and a counter, computed where the tensor lies, are kernels of the native shim. Without it
/// the host computes the same bits (WorldModelActors.Sampling, WorldModelActors.Models) and copies them.
/// </summary>
public static class CounterRandom
{
    /// <summary>No device can be filled.</summary>
    public static bool Fills(Device device) => false;

    /// <summary>Not without the shim.</summary>
    public static Tensor Normal_(Tensor destination, ulong key, uint x1, uint x2, uint x3) => throw Absent();

    /// <summary>Not without the shim.</summary>
    public static Tensor Uniform_(Tensor destination, float limit, ulong start) => throw Absent();

    private static NotSupportedException Absent() => new("TorchSharp has no counter-based random numbers; ask Fills() first");
}
