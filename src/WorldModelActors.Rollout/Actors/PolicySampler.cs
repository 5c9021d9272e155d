using WorldModelActors.Engine;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// SampleActions -> ActionsSampled. Builds the policy call's condition (instruction on, action tokens zeroed) and has the
/// Denoiser draw the sample. Holds nothing between messages.
/// </summary>
internal sealed class PolicySampler(SynthesisRuntime runtime, IActorRef<DenoiserMessage> denoiser, LaneRecorder lanes) : Actor<PolicyMessage>
{
    public override ValueTask ReceiveAsync(PolicyMessage message, IActorContext<PolicyMessage> context)
    {
        switch (message)
        {
            case SampleActions request:
                Start(request, context);
                break;
            case ActionsDenoised { Request: var request, Outcome.Value: { } sample }:
                var keepLatent = request.Spec.Plan.DecodePolicyVideo;
                if (!keepLatent)
                    runtime.Store.Release(sample.Latent);
                request.ReplyTo.Tell(new ActionsSampled(sample.Actions!, keepLatent ? sample.Latent : null));
                break;
            case ActionsDenoised { Request: var request, Outcome.Failure: var cause }:
                request.ReplyTo.Tell(Reply<ActionsSampled>.Failed(cause!));
                break;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the requester of a failure; supervision calls it with the message in hand.</summary>
    internal static void OnFailure(ActorFailure<PolicyMessage> failure)
    {
        var request = failure.Message as SampleActions ?? (failure.Message as ActionsDenoised)?.Request;
        request?.ReplyTo.Tell(Reply<ActionsSampled>.Failed(failure.Cause));
    }

    private void Start(SampleActions request, IActorContext<PolicyMessage> context)
    {
        var (spec, observation) = (request.Spec, request.Observation);
        var since = lanes.Now();
        var inputs = runtime.PrepareInputs(
            spec,
            observation,
            spec.Plan.Instruction,
            actions: null,
            // A scale of 1 is the conditional output itself: the second network call would be wasted.
            unconditional: spec.Plan.GuidanceScale != 1);
        lanes.Worked(Lane.Condition, "condition", since, 1, new LaneSubject(spec.Plan.Id, spec.Iteration, spec.Phase));
        denoiser.Tell(new DenoiseSample(
            spec,
            inputs,
            observation,
            PredictedStreams.Action,
            context.Adapt<Reply<SampleDenoised>>(reply => new ActionsDenoised(request, reply))));
    }
}
