using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>Denoising.</summary>
internal sealed partial class SynthesisRuntime
{
    /// <summary>Where the model is.</summary>
    public Device Device => _model.Device;

    /// <summary>Prepares a sample: everything constant over its steps, and its initial noise. The inputs stay the caller's.</summary>
    public ConditionedSample Begin(DenoiseSample request)
    {
        using var scope = NewDisposeScope();
        var plan = request.Spec.Plan;
        using var heads = new ObservationFeatures(
            request.Streams.HasFlag(PredictedStreams.Action) ? Store.Borrow(request.Observation.ActionHeadFeatures) : null,
            request.Streams.HasFlag(PredictedStreams.State) ? Store.Borrow(request.Observation.StateHeadFeatures) : null);
        return ConditionedSample.Begin(
            _model,
            request.Spec.Name,
            Store.Borrow(request.Inputs.Context),
            request.Inputs.Unconditional is { } unconditional ? Store.Borrow(unconditional) : null,
            Store.Borrow(request.Inputs.ConcatLatent),
            heads,
            plan.FrameRateCondition,
            _schedules.GetOrAdd((plan.DdimSteps, plan.DdimEta, plan.Spacing), k => new DdimSchedule(_schedule, k.Steps, k.Eta, k.Spacing)),
            _heads,
            request.Spec.Noise,
            request.Streams,
            plan.GuidanceScale,
            plan.GuidanceRescale);
    }

    /// <summary>The UNet as the sampler's network.</summary>
    /// <param name="conditions">Keeps the joined conditionings of batches.</param>
    /// <param name="graphs">From <see cref="Graphs"/>; null: operator by operator.</param>
    public Denoise<UNetConditioning> Network(DenoiseConditionCache conditions, UNetGraphs? graphs = null) =>
        input => ConditionedSample.Network(_model.UNet, input, conditions, graphs);

    /// <summary>Recordings of the network for the calling thread and its stream; the caller's. Null where there are no CUDA graphs.</summary>
    /// <param name="maxRows">Most rows of a step.</param>
    /// <param name="failed">Called where recording fails.</param>
    public UNetGraphs? Graphs(int maxRows, Action<string> failed) =>
        Device.type == DeviceType.CUDA
            ? new UNetGraphs(_model.UNet, [.. UNetGraphs.Sizes.Where(size => size < 2 * maxRows)], new CudaRecorder(Device), failed)
            : null;

    /// <summary>One denoising step of every sample; all of them make it or none.</summary>
    /// <param name="samples">Samples of one group.</param>
    /// <param name="network">From <see cref="Network"/>.</param>
    /// <param name="joinGuidance">Unconditional rows go into the same call.</param>
    public static void Step(IReadOnlyList<ConditionedSample> samples, Denoise<UNetConditioning> network, bool joinGuidance) =>
        DdimSampler.Step(samples.Select(s => s.State).ToArray(), network, joinGuidance: joinGuidance);

    /// <summary>Gives memory that the allocator keeps for later back to the device.</summary>
    public void FreeCachedMemory()
    {
        if (Device.type == DeviceType.CUDA)
            CudaDevice.EmptyCache();
    }

    /// <summary>The result of a finished sample.</summary>
    public SampleDenoised Finish(DenoiseSample request, ConditionedSample sample)
    {
        using var scope = NewDisposeScope();
        using var result = sample.State.Finish();
        var spec = request.Spec;
        var actions = request.Streams.HasFlag(PredictedStreams.Action) ? result.Action.data<float>().ToArray() : null;
        var states = request.Streams.HasFlag(PredictedStreams.State) ? result.State.data<float>().ToArray() : null;
        // Last: where anything before it fails, nobody would release it.
        var latent = Store.Put(
            result.Latent.alias(),
            new LatentOrigin(spec.Owner, Path("denoiser"), $"{spec.Phase.ToString().ToLowerInvariant()} latent of iteration {spec.Iteration}"));
        return new SampleDenoised(latent, actions, states);
    }
}
