using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Counter-based noise that fails at chosen draws: a stand-in for whatever can throw on a device thread.</summary>
internal sealed class FaultyNoise(params (SamplingPhase Phase, NoiseTensor Tensor, int Step, int Times)[] faults) : INoiseSource
{
    private readonly PhiloxNoise _noise = new();
    private readonly Dictionary<(SamplingPhase, NoiseTensor, int), int> _left =
        faults.ToDictionary(f => (f.Phase, f.Tensor, f.Step), f => f.Times);

    public bool IsSequential => false;

    public Tensor Draw(in NoiseKey key, ReadOnlySpan<long> shape, Device device)
    {
        var at = (key.Phase, key.Tensor, key.Step);
        lock (_left)
        {
            if (_left.TryGetValue(at, out var left) && left > 0)
            {
                _left[at] = left - 1;
                throw new InvalidOperationException($"injected at {at}");
            }
        }
        return _noise.Draw(key, shape, device);
    }
}
