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

    private ConditionedSample(string group, SampleState<UNetConditioning> state, UNetConditioning condition, UNetConditioning? unconditional)
    {
        Group = group;
        State = state;
        _condition = condition;
        _unconditional = unconditional;
    }

    /// <summary>The sample's streams and how far they are.</summary>
    public SampleState<UNetConditioning> State { get; }

    /// <summary>Samples of equal groups may share a call of the network: shapes, element types, context layout, parameterization.</summary>
    public string Group { get; }

    /// <summary>Rows of the network that a step takes: guidance runs it on the unconditional context too.</summary>
    public int Rows => State.Guidance is null ? 1 : 2;

    /// <summary>What the network is conditioned on: the condition and, with guidance, the one to steer away from.</summary>
    internal IEnumerable<UNetConditioning> Conditions => _unconditional is null ? [_condition] : [_condition, _unconditional];

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
            return new ConditionedSample(GroupOf(state, condition), state, condition, steerFrom);
        }
        catch
        {
            condition.Dispose();
            steerFrom?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The UNet as the sampler's network, for a batch of samples of one group. Every sample's row gets the heads that it reads.
    /// </summary>
    public static DenoiserOutput Network(WmaUNet unet, DenoiserInput<UNetConditioning> input)
    {
        using var conditions = new DenoiseConditionCache();
        return Network(unet, input, conditions);
    }

    /// <summary>As the other overload, with joined conditionings that outlive the call.</summary>
    /// <param name="unet">The network.</param>
    /// <param name="input">What it gets.</param>
    /// <param name="conditions">Keeps joined conditionings.</param>
    /// <param name="graphs">Recordings that are used where they can be; null for none.</param>
    internal static DenoiserOutput Network(
        WmaUNet unet, DenoiserInput<UNetConditioning> input, DenoiseConditionCache conditions, UNetGraphs? graphs = null)
    {
        HeadSelection[] heads = [.. input.Streams.Select(HeadsOf)];
        var output = graphs?.Forward(input.Latents, input.Actions, input.States, input.Timesteps, input.Conditions, heads)
            ?? unet.Forward(input.Latents, input.Actions, input.States, input.Timesteps, conditions.Join(input.Conditions), heads);
        return new DenoiserOutput(output.Latent, output.Action, output.State);
    }

    /// <summary>True when no value of the streams is infinite or no number.</summary>
    public bool IsFinite()
    {
        using var scope = NewDisposeScope();
        return All(State.Latent) && All(State.Action) && All(State.State);

        static bool All(Tensor values) => values.isfinite().all().ToBoolean();
    }

    public void Dispose()
    {
        State.Dispose();
        _condition.Dispose();
        _unconditional?.Dispose();
    }

    private static string GroupOf(SampleState<UNetConditioning> state, UNetConditioning condition)
    {
        static string Shape(Tensor tensor) => string.Join('x', tensor.shape);
        return $"{state.Device} {state.Schedule.Noise.Options.Parameterization} {Shape(state.Latent)} {Shape(state.Action)} {Shape(state.State)} {condition.Layout}";
    }

    private static HeadSelection HeadsOf(PredictedStreams streams) =>
        (streams.HasFlag(PredictedStreams.Action) ? HeadSelection.Action : HeadSelection.None)
        | (streams.HasFlag(PredictedStreams.State) ? HeadSelection.State : HeadSelection.None);
}
