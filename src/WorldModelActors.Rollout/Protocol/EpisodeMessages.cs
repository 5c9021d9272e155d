namespace WorldModelActors.Rollout;

/// <summary>What an Episode is told.</summary>
public abstract record EpisodeMessage
{
    private protected EpisodeMessage()
    {
    }

    /// <summary>Start, or start anew after a failure.</summary>
    public sealed record Begin : EpisodeMessage;

    /// <summary>Stop after the step in hand; keep everything up to here.</summary>
    public sealed record Cancel : EpisodeMessage;

    internal sealed record WriterEnded(Exception? Cause) : EpisodeMessage;
}

/// <summary>An answer to one of an episode's requests.</summary>
/// <param name="Run">Whose request it was.</param>
/// <param name="Request">Its number in <see cref="EpisodeRun.Requests"/>.</param>
internal abstract record EpisodeAnswer(EpisodeRun Run, long Request) : EpisodeMessage
{
    /// <summary>Releases what the answer hands over: nobody wants it any more.</summary>
    public virtual void Discard()
    {
    }

    public sealed record Credited(EpisodeRun Run, long Request, LatentCredit? Credit, Exception? Failure) : EpisodeAnswer(Run, Request)
    {
        public override void Discard()
        {
            if (Credit != Run.Credit)
                Credit?.Dispose();
        }
    }

    public sealed record Embedded(EpisodeRun Run, long Request, Reply<ObservationEmbedded> Reply) : EpisodeAnswer(Run, Request)
    {
        public override void Discard() => Run.Release(Reply.Value?.Handles);
    }

    public sealed record ActionsReady(EpisodeRun Run, long Request, Reply<ActionsSampled> Reply) : EpisodeAnswer(Run, Request)
    {
        public override void Discard() => Run.Release(Reply.Value?.Latent is { } latent ? [latent] : null);
    }

    public sealed record FutureReady(EpisodeRun Run, long Request, Reply<FutureSampled> Reply) : EpisodeAnswer(Run, Request)
    {
        public override void Discard() => Run.Release(Reply.Value is { } future ? [future.Latent] : null);
    }

    public sealed record Decoded(EpisodeRun Run, long Request, DecodeOrder Order, Reply<FramesDecoded> Reply) : EpisodeAnswer(Run, Request)
    {
        public override void Discard()
        {
            if (Reply.Value is not { } frames)
                return;
            PicturesInFlight.Dispose(frames.Pictures);
            Run.Release(frames.Kept);
        }
    }

    public sealed record Written(EpisodeRun Run, long Request, int Attempt, Reply<FramesWritten> Reply) : EpisodeAnswer(Run, Request);

    public sealed record Committed(EpisodeRun Run, long Request, EpisodeCheckpoint Checkpoint, Exception? Failure) : EpisodeAnswer(Run, Request);

    public sealed record Finished(EpisodeRun Run, long Request, int Attempt, Reply<VideoFinished> Reply) : EpisodeAnswer(Run, Request);
}

/// <summary>Why frames are decoded, so that an answer needs no look-up.</summary>
/// <param name="Iteration">From 0.</param>
/// <param name="Track">Where they go.</param>
/// <param name="Latent">Latent of the prediction; the order holds a reference until it is answered for good.</param>
/// <param name="First">First frame of the prediction.</param>
/// <param name="Count">Number of frames.</param>
/// <param name="Urgent">The next observation waits for them.</param>
/// <param name="Attempt">Times that it failed.</param>
internal sealed record DecodeOrder(
    int Iteration, Media.FrameTrack Track, LatentHandle Latent, int First, int Count, bool Urgent, int Attempt = 0);
