using WorldModelActors.Models;
using WorldModelActors.Rollout;

namespace WorldModelActors.Benchmarks;

/// <summary>A whole world model of a configuration, without a vocabulary: the empty instruction needs none.</summary>
internal sealed class FullSizeModel : IDisposable
{
    private const ulong Seed = 1;
    private readonly WeightStore _weights;

    private FullSizeModel(WeightStore weights, Func<WeightStore, WorldModel> build)
    {
        _weights = weights;
        try
        {
            Model = build(weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    public WorldModel Model { get; }

    /// <summary>Random weights, biases and norms.</summary>
    public static FullSizeModel Random(WorldModelOptions options, Device device, ScalarType type) =>
        new(RandomStore(options, device, type), weights => WorldModel.Build(options, new RandomBiases(weights, [])));

    /// <summary>The weights of a checkpoint, as rollouts load them.</summary>
    /// <exception cref="CheckpointException">It cannot be read, or is no checkpoint of this model.</exception>
    public static FullSizeModel Load(WorldModelOptions options, string checkpoint, Device device, ScalarType type) =>
        new(CheckpointWeights.Open(checkpoint, device, type), weights =>
        {
            var model = WorldModel.Build(options, weights);
            try
            {
                ((CheckpointWeights)weights).Complete();
                return model;
            }
            catch
            {
                model.Dispose();
                throw;
            }
        });

    /// <summary>Where <see cref="Random"/> takes its weights from.</summary>
    public static RandomWeights RandomStore(WorldModelOptions options, Device device, ScalarType type) =>
        new(Seed, options.LatentSize, WorldModelSchedule.ComputedBuffers(options.Diffusion), device, type);

    public void Dispose()
    {
        Model.Dispose();
        _weights.Dispose();
    }
}
