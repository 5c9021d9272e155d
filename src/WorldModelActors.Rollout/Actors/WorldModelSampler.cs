using WorldModelActors.Engine;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout;

/// <summary>
/// SampleFuture -> FutureSampled. Builds the world-model call's condition (actions on, empty instruction) and has the Denoiser
/// draw the sample. Guidance is left out: the unconditional context would equal the conditional one. Holds nothing between
/// messages.
/// </summary>
internal sealed class WorldModelSampler(SynthesisRuntime runtime, IActorRef<DenoiserMessage> denoiser, LaneRecorder lanes) : Actor<WorldModelMessage>
{
    public override ValueTask ReceiveAsync(WorldModelMessage message, IActorContext<WorldModelMessage> context)
    {
        switch (message)
        {
            case SampleFuture request:
                var (spec, since) = (request.Spec, lanes.Now());
                var inputs = runtime.PrepareInputs(spec, request.Observation, "", request.Actions, unconditional: false);
                lanes.Worked(Lane.Condition, "condition", since, 1, new LaneSubject(spec.Plan.Id, spec.Iteration, spec.Phase));
                denoiser.Tell(new DenoiseSample(
                    spec,
                    inputs,
                    request.Observation,
                    PredictedStreams.State,
                    context.Adapt<Reply<SampleDenoised>>(reply => new FutureDenoised(request, reply))));
                break;
            case FutureDenoised { Request: var request, Outcome.Value: { } sample }:
                request.ReplyTo.Tell(new FutureSampled(sample.Latent, sample.States!));
                break;
            case FutureDenoised { Request: var request, Outcome.Failure: var cause }:
                request.ReplyTo.Tell(Reply<FutureSampled>.Failed(cause!));
                break;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the requester of a failure; supervision calls it with the message in hand.</summary>
    internal static void OnFailure(ActorFailure<WorldModelMessage> failure)
    {
        var request = failure.Message as SampleFuture ?? (failure.Message as FutureDenoised)?.Request;
        request?.ReplyTo.Tell(Reply<FutureSampled>.Failed(failure.Cause));
    }
}
