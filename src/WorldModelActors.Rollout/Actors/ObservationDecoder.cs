using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// DecodeFrames -> FramesDecoded. Gathers frames, not requests: a call may hold frames of several requests and episodes. Urgent frames
/// (those that the next observation needs) go before the others (those that only the video needs), also before the rest of a long
/// request that was begun.
/// </summary>
internal sealed class ObservationDecoder(IFrameDecoding device, BatchingSetup setup)
    : MicroBatchActor<DecoderMessage, DecoderRequest>(setup, priorities: 2)
{
    protected override Lane Lane => Lane.Decode;

    public override ValueTask ReceiveAsync(DecoderMessage message, IActorContext<DecoderMessage> context)
    {
        switch (message)
        {
            case DecodeFrames request:
                Add(new DecoderRequest(request, device, MaxBatch), context);
                break;
            case DecoderAwake(var generation):
                Awake(generation, context);
                break;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the requester of a failure; supervision calls it with the message in hand.</summary>
    internal static void OnFailure(ActorFailure<DecoderMessage> failure) =>
        (failure.Message as DecodeFrames)?.ReplyTo.Tell(Reply<FramesDecoded>.Failed(failure.Cause));

    protected override string CallName(int priority) => priority == DecoderRequest.UrgentPriority ? "decode urgent" : "decode segment";

    protected override DecoderMessage Wake(long generation) => new DecoderAwake(generation);

    protected override void Call(IReadOnlyList<PendingItem<DecoderRequest>> items)
    {
        var frames = device.Decode([.. items.Select(i => i.Request.Frame(i.Index))]);
        for (var i = 0; i < items.Count; i++)
            items[i].Request.Set(items[i].Index, frames[i]);
    }
}
