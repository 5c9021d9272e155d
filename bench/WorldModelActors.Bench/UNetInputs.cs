using WorldModelActors.Models;

namespace WorldModelActors.Bench;

/// <summary>Random inputs of a world-model evaluation with the state head, the same for every element type.</summary>
internal sealed class UNetInputs(Tensor latent, Tensor state, Tensor timesteps, UNetConditioning conditioning) : IDisposable
{
    public static UNetInputs Random(UNetOptions options, WmaUNet unet, int batch, Device device)
    {
        using var scope = NewDisposeScope();
        var (height, width) = options.Head.LatentSize;
        var frames = options.TemporalLength;
        Tensor Randn(int seed, params long[] shape)
        {
            // One sample's numbers, repeated, so that a batch asks for what a single one asks for.
            manual_seed(seed);
            shape[0] = 1;
            var one = randn(shape);
            shape[0] = batch;
            return one.expand(shape).contiguous().to(device);
        }

        // State, one token per action, text, image.
        var context = Randn(1, 1, options.NumObsSteps + frames + 77 + ((long)options.NumStemToken * frames), options.ContextDim);
        using var observation = unet.EncodeObservation(
            Randn(2, 1, 3, options.NumObsSteps, options.Head.ImageSize.Height, options.Head.ImageSize.Width).clamp(-1, 1),
            Randn(3, 1, options.NumObsSteps, options.Head.ObsStateDim),
            HeadSelection.State);
        var conditioning = unet.Prepare(context, full([batch], 10, ScalarType.Int64, device), observation, Randn(4, 1, 4, 1, height, width));
        return new UNetInputs(
            Randn(5, 1, 4, frames, height, width).DetachFromDisposeScope(),
            Randn(6, 1, frames, options.Head.InputDim).DetachFromDisposeScope(),
            full([batch], 500, ScalarType.Int64, device).DetachFromDisposeScope(),
            conditioning);
    }

    public UNetOutput Evaluate(WmaUNet unet) => unet.Forward(latent, null, state, timesteps, conditioning, HeadSelection.State);

    /// <summary>Evaluates and frees the result.</summary>
    public void Run(WmaUNet unet)
    {
        using var scope = NewDisposeScope();
        _ = Evaluate(unet);
    }

    public void Dispose()
    {
        latent.Dispose();
        state.Dispose();
        timesteps.Dispose();
        conditioning.Dispose();
    }
}
