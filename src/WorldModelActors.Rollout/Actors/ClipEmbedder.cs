using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// EmbedObservation -> ObservationEmbedded: CLIP tokens, state tokens, posterior of the last image and the heads' observation
/// features, once per iteration for both calls.
/// </summary>
internal sealed class ClipEmbedder(SynthesisRuntime runtime) : Actor<EmbedObservation>
{
    public override ValueTask ReceiveAsync(EmbedObservation message, IActorContext<EmbedObservation> context)
    {
        message.ReplyTo.Tell(runtime.Embed(message));
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the requester of a failure; supervision calls it with the message in hand.</summary>
    internal static void OnFailure(ActorFailure<EmbedObservation> failure) =>
        failure.Message?.ReplyTo.Tell(Reply<ObservationEmbedded>.Failed(failure.Cause));
}
