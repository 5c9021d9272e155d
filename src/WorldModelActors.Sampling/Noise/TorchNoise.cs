namespace WorldModelActors.Sampling;

/// <summary>
/// Noise from libtorch's own generators, drawn in the reference's order, so that a run can be compared with one of the
/// reference implementation that was started with the same seed: posterior noise comes from the CPU generator, everything else
/// from the generator of the model's device (one and the same where that is the CPU).
/// <para>
/// The numbers depend on the order of the draws, the device kind and the libtorch version: one instance per episode, one draw
/// at a time, and no resume in the middle of an episode.
/// </para>
/// </summary>
public sealed class TorchNoise : INoiseSource, IDisposable
{
    private readonly Generator _host;
    private readonly Generator _device;
    private readonly Device _deviceOfModel;

    /// <param name="seed">As given to <c>torch.manual_seed</c>.</param>
    /// <param name="device">The model's device.</param>
    public TorchNoise(long seed, Device device)
    {
        _deviceOfModel = device;
        _host = new Generator(unchecked((ulong)seed), CPU);
        _device = device.type == DeviceType.CPU ? _host : new Generator(unchecked((ulong)seed), device);
    }

    /// <inheritdoc/>
    public bool IsSequential => true;

    /// <inheritdoc/>
    public Tensor Draw(in NoiseKey key, ReadOnlySpan<long> shape, Device device)
    {
        var (generator, origin) = key.Tensor == NoiseTensor.Posterior ? (_host, CPU) : (_device, _deviceOfModel);
        using var scope = NewDisposeScope();
        return randn(shape, dtype: ScalarType.Float32, device: origin, generator: generator)
            .to(device).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        if (!ReferenceEquals(_host, _device))
        {
            _device.Dispose();
        }

        _host.Dispose();
    }
}
