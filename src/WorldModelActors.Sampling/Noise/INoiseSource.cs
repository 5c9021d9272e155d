namespace WorldModelActors.Sampling;

/// <summary>Where standard normal noise comes from.</summary>
public interface INoiseSource
{
    /// <summary>
    /// True where a draw depends on the draws before it. Then every draw of the reference must be made, in its order, even
    /// those whose values nobody uses.
    /// </summary>
    bool IsSequential { get; }

    /// <summary>A float32 tensor of standard normals, which the caller owns.</summary>
    /// <param name="key">Which draw this is.</param>
    /// <param name="shape">Sizes of the tensor.</param>
    /// <param name="device">Where the tensor shall lie; the numbers do not depend on it unless the source says so.</param>
    Tensor Draw(in NoiseKey key, ReadOnlySpan<long> shape, Device device);
}
