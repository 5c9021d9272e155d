using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// A sample in flight with everything that is constant over its steps: keys and values of every cross attention, embedded
/// frame rate, heads' observation features, concat latent. Owns its tensors.
/// </summary>
public sealed class ConditionedSample : IDisposable
{
    private readonly UNetConditioning _condition;
    private readonly UNetConditioning? _unconditional;

    private ConditionedSample(SampleState<UNetConditioning> state, UNetConditioning condition, UNetConditioning? unconditional)
    {
        State = state;
        _condition = condition;
        _unconditional = unconditional;
    }

    /// <summary>The sample's streams and how far they are.</summary>
    public SampleState<UNetConditioning> State { get; }

    /// <summary>Computes the constants and draws the initial noise.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Name in messages.</param>
    /// <param name="context">[1, L, D].</param>
    /// <param name="unconditional">[1, L, D]; null without guidance.</param>
    /// <param name="concatLatent">Scaled latent of the last observation [1, 4, h, w].</param>
    /// <param name="heads">Observation features of the heads that are read.</param>
    /// <param name="frameRate">fps condition.</param>
    /// <param name="schedule">Timesteps.</param>
    /// <param name="headScheduler">Schedule of the action and state streams.</param>
    /// <param name="noise">The call's noise.</param>
    /// <param name="streams">Heads that are read.</param>
    /// <param name="guidanceScale">1 for none.</param>
    /// <param name="guidanceRescale">0 for none.</param>
    public static ConditionedSample Begin(
        WorldModel model,
        string name,
        Tensor context,
        Tensor? unconditional,
        Tensor concatLatent,
        ObservationFeatures heads,
        long frameRate,
        DdimSchedule schedule,
        HeadScheduler headScheduler,
        NoiseStream noise,
        PredictedStreams streams,
        double guidanceScale = 1,
        double guidanceRescale = 0)
    {
        using var scope = NewDisposeScope();
        var fs = tensor([frameRate], [1], device: model.Device);
        var concat = concatLatent.unsqueeze(2);
        var condition = model.UNet.Prepare(context, fs, heads, concat);
        UNetConditioning? steerFrom = null;
        try
        {
            steerFrom = unconditional is null ? null : model.UNet.Prepare(unconditional, fs, heads, concat);
            var (frames, latent) = (model.Options.UNet.TemporalLength, concatLatent.shape);
            int horizon = model.Options.UNet.Head.Horizon, dims = model.Options.UNet.Head.InputDim;
            var state = new SampleState<UNetConditioning>(new SampleRequest<UNetConditioning>
            {
                Id = name,
                Condition = condition,
                Guidance = steerFrom is null ? null : new Guidance<UNetConditioning>(guidanceScale, guidanceRescale, steerFrom),
                Schedule = schedule,
                HeadScheduler = headScheduler,
                Noise = noise,
                Device = model.Device,
                LatentShape = [1, model.Options.UNet.OutChannels, frames, latent[2], latent[3]],
                ActionShape = [1, horizon, dims],
                StateShape = [1, horizon, dims],
                Streams = streams,
            });
            return new ConditionedSample(state, condition, steerFrom);
        }
        catch
        {
            condition.Dispose();
            steerFrom?.Dispose();
            throw;
        }
    }

    /// <summary>The UNet as the sampler's network, for a batch of samples that read the same heads.</summary>
    public static DenoiserOutput Network(WmaUNet unet, DenoiserInput<UNetConditioning> input)
    {
        var streams = input.Streams[0];
        if (input.Streams.Any(s => s != streams))
            throw new RolloutException("samples that read different heads cannot share a batch");
        var heads = (streams.HasFlag(PredictedStreams.Action) ? HeadSelection.Action : HeadSelection.None)
            | (streams.HasFlag(PredictedStreams.State) ? HeadSelection.State : HeadSelection.None);
        var joined = input.Conditions.Count > 1 ? UNetConditioning.Cat(input.Conditions) : null;
        try
        {
            var output = unet.Forward(
                input.Latents, input.Actions, input.States, input.Timesteps, joined ?? input.Conditions[0], heads);
            return new DenoiserOutput(output.Latent, output.Action, output.State);
        }
        finally
        {
            joined?.Dispose();
        }
    }

    public void Dispose()
    {
        State.Dispose();
        _condition.Dispose();
        _unconditional?.Dispose();
    }
}
