using WorldModelActors.Models;
using WorldModelActors.Rollout;

namespace WorldModelActors.Bench;

/// <summary>A whole world model of a configuration with random weights, biases and norms.</summary>
internal sealed class FullSizeModel : IDisposable
{
    private const ulong Seed = 1;
    private readonly RandomWeights _weights;

    public FullSizeModel(WorldModelOptions options, Device device, ScalarType type)
    {
        _weights = new RandomWeights(Seed, options.LatentSize, WorldModelSchedule.ComputedBuffers(options.Diffusion), device, type);
        try
        {
            // The empty instruction needs no vocabulary.
            Model = WorldModel.Build(options, new RandomBiases(_weights, []));
        }
        catch
        {
            _weights.Dispose();
            throw;
        }
    }

    public WorldModel Model { get; }

    public void Dispose()
    {
        Model.Dispose();
        _weights.Dispose();
    }
}
