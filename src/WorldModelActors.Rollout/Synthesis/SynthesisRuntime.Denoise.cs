using WorldModelActors.Models;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>Denoising.</summary>
internal sealed partial class SynthesisRuntime
{
    /// <summary>Prepares a sample: everything constant over its steps, and its initial noise. Takes the inputs over.</summary>
    public ConditionedSample Begin(DenoiseSample request)
    {
        try
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
        finally
        {
            Release(request.Inputs);
        }
    }

    /// <summary>One denoising step of every sample.</summary>
    public void Step(IReadOnlyList<ConditionedSample> samples) =>
        DdimSampler.Step(samples.Select(s => s.State).ToArray(), input => ConditionedSample.Network(_model.UNet, input));

    /// <summary>The result of a finished sample.</summary>
    public SampleDenoised Finish(DenoiseSample request, ConditionedSample sample)
    {
        using var scope = NewDisposeScope();
        using var result = sample.State.Finish();
        var spec = request.Spec;
        var latent = Store.Put(
            result.Latent.alias(),
            new LatentOrigin(spec.Owner, Path("denoiser"), $"{spec.Phase.ToString().ToLowerInvariant()} latent of iteration {spec.Iteration}"));
        return new SampleDenoised(
            latent,
            request.Streams.HasFlag(PredictedStreams.Action) ? result.Action.data<float>().ToArray() : null,
            request.Streams.HasFlag(PredictedStreams.State) ? result.State.data<float>().ToArray() : null);
    }
}
