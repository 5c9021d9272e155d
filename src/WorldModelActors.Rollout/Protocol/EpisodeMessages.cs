namespace WorldModelActors.Rollout;

/// <summary>What an Episode is told.</summary>
public abstract record EpisodeMessage
{
    private protected EpisodeMessage()
    {
    }

    /// <summary>Start.</summary>
    public sealed record Begin : EpisodeMessage;

    /// <summary>Stop after the step in hand; keep everything up to here.</summary>
    public sealed record Cancel : EpisodeMessage;

    internal sealed record Embedded(Reply<ObservationEmbedded> Reply) : EpisodeMessage;

    internal sealed record ActionsReady(Reply<ActionsSampled> Reply) : EpisodeMessage;

    internal sealed record FutureReady(Reply<FutureSampled> Reply) : EpisodeMessage;

    /// <summary>Answer to a decode order.</summary>
    internal sealed record Decoded(DecodeOrder Order, Reply<FramesDecoded> Reply) : EpisodeMessage;

    internal sealed record Written(Reply<FramesWritten> Reply) : EpisodeMessage;

    internal sealed record Finished(Reply<VideoFinished> Reply) : EpisodeMessage;

    internal sealed record WriterEnded(Exception? Cause) : EpisodeMessage;
}

/// <summary>Why frames are decoded, so that an answer needs no look-up.</summary>
/// <param name="Iteration">From 0.</param>
/// <param name="Track">Where they go.</param>
/// <param name="Latent">Latent of the prediction.</param>
/// <param name="First">First frame of the prediction.</param>
/// <param name="Count">Number of frames.</param>
/// <param name="Urgent">The next observation waits for them.</param>
internal sealed record DecodeOrder(int Iteration, Media.FrameTrack Track, LatentHandle Latent, int First, int Count, bool Urgent);
