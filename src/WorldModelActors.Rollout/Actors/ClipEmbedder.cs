using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// EmbedObservation -> ObservationEmbedded: CLIP tokens, state tokens, posterior of the last image and the heads' observation
/// features, once per iteration for both calls. Observations of several episodes share a call.
/// </summary>
internal sealed class ClipEmbedder(IObservationEmbedding device, BatchingSetup setup)
    : MicroBatchActor<EmbedderMessage, EmbedderRequest>(setup, priorities: 1)
{
    protected override Lane Lane => Lane.Encode;

    public override ValueTask ReceiveAsync(EmbedderMessage message, IActorContext<EmbedderMessage> context)
    {
        switch (message)
        {
            case EmbedObservation request:
                Add(new EmbedderRequest(request, device), context);
                break;
            case EmbedderAwake(var generation):
                Awake(generation, context);
                break;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the requester of a failure; supervision calls it with the message in hand.</summary>
    internal static void OnFailure(ActorFailure<EmbedderMessage> failure) =>
        (failure.Message as EmbedObservation)?.ReplyTo.Tell(Reply<ObservationEmbedded>.Failed(failure.Cause));

    protected override string CallName(int priority) => "embed";

    protected override EmbedderMessage Wake(long generation) => new EmbedderAwake(generation);

    protected override void Call(IReadOnlyList<PendingItem<EmbedderRequest>> items)
    {
        var observations = device.Embed([.. items.Select(i => i.Request.Observation)]);
        for (var i = 0; i < items.Count; i++)
            items[i].Request.Set(observations[i]);
    }
}
