using WorldModelActors.Models;
using WorldModelActors.Rollout;
using WorldModelActors.Sampling;

namespace WorldModelActors.Verify;

/// <summary>The model that made a golden set, built as everywhere else, with the schedules around it.</summary>
internal sealed class GoldenModel : IDisposable
{
    private GoldenModel(WorldModel model, CheckpointWeights weights)
    {
        Model = model;
        Weights = weights;
        Noise = model.NoiseSchedule();
        Heads = new HeadScheduler(model.Options.Diffusion.Timesteps);
    }

    public WorldModel Model { get; }

    /// <summary>The checkpoint's root; owned by <see cref="Model"/>.</summary>
    public CheckpointWeights Weights { get; }

    public WmaUNet UNet => Model.UNet;

    public WorldModelOptions Options => Model.Options;

    /// <summary>Schedule of the latents.</summary>
    public NoiseSchedule Noise { get; }

    /// <summary>Schedule of the action and state streams.</summary>
    public HeadScheduler Heads { get; }

    /// <summary>Builds the model and checks that the checkpoint has exactly its keys.</summary>
    public static GoldenModel Load(WorldModelOptions options, string checkpoint, Func<string, long[]>? tokenize)
    {
        var weights = CheckpointWeights.Open(checkpoint);
        var model = WorldModel.Build(options, weights, tokenize);
        try
        {
            weights.Complete();
            return new GoldenModel(model, weights);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose() => Model.Dispose();
}
