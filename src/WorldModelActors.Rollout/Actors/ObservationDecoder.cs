using WorldModelActors.Engine;

namespace WorldModelActors.Rollout;

/// <summary>
/// DecodeFrames -> FramesDecoded. Urgent requests (frames that the next observation needs) go before the others (frames that
/// only the video needs); long requests are decoded in chunks of <paramref name="chunk"/> frames.
/// </summary>
internal sealed class ObservationDecoder(SynthesisRuntime runtime, int chunk) : Actor<DecodeFrames>
{
    /// <summary>Urgent frames first.</summary>
    internal static MailboxLanes<DecodeFrames> Lanes { get; } = MailboxLanes<DecodeFrames>.Urgent(m => m.Urgent);

    public override ValueTask ReceiveAsync(DecodeFrames message, IActorContext<DecodeFrames> context)
    {
        message.ReplyTo.Tell(runtime.Decode(message, chunk));
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the requester of a failure; supervision calls it with the message in hand.</summary>
    internal static void OnFailure(ActorFailure<DecodeFrames> failure) =>
        failure.Message?.ReplyTo.Tell(Reply<FramesDecoded>.Failed(failure.Cause));
}
