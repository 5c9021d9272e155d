namespace WorldModelActors.Torch;

/// <summary>
/// Random numbers that are pure functions of a key and a counter, computed where the tensor lies: the same bits on the CPU and on CUDA
/// (native/random_numbers.h). On CUDA they take a shim that was built with nvcc.
/// </summary>
public static class CounterRandom
{
    /// <summary>True where tensors of the device can be filled.</summary>
    public static bool Fills(Device device) =>
        device.type == DeviceType.CPU || (device.type == DeviceType.CUDA && Ops.wma_random_on_cuda.CallScalar().Int != 0);

    /// <summary>
    /// Fills float32 with standard normals of a Philox4x32-10 stream by Box-Muller, from its first element on: block b has the counter
    /// (b, x1, x2, x3) and gives four.
    /// </summary>
    /// <param name="destination">Contiguous float32, at most 2^34 elements.</param>
    /// <param name="key">Low word, then high word.</param>
    /// <param name="x1">Second word of the counter.</param>
    /// <param name="x2">Third word.</param>
    /// <param name="x3">Fourth word.</param>
    public static Tensor Normal_(Tensor destination, ulong key, uint x1, uint x2, uint x3) =>
        Ops.wma_philox_normal_.CallInPlace(destination, destination, (long)key, (long)x1, (long)x2, (long)x3);

    /// <summary>Fills float32 uniformly in [-limit, limit) from SplitMix64's counter <paramref name="start"/> on.</summary>
    public static Tensor Uniform_(Tensor destination, float limit, ulong start) =>
        Ops.wma_splitmix_uniform_.CallInPlace(destination, destination, (double)limit, (long)start);
}
