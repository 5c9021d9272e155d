using WorldModelActors.Engine;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>What a VideoWriter is told.</summary>
public abstract record VideoMessage;

/// <summary>Write frames. They may come out of order; the writer brings them in order.</summary>
/// <param name="Track">Executed frames, or the frames that the policy imagined.</param>
/// <param name="First">Number of the first frame in the whole video of the track.</param>
/// <param name="Iteration">Iteration that predicted them.</param>
/// <param name="Pictures">The frames; lent until the order is answered.</param>
/// <param name="ReplyTo">Gets an acknowledgement when they are in the video.</param>
public sealed record WriteFrames(
    FrameTrack Track, int First, int Iteration, IReadOnlyList<Image> Pictures, IActorRef<Reply<FramesWritten>> ReplyTo) : VideoMessage;

/// <summary>Finish the videos. Frames whose predecessors never came are answered with a failure.</summary>
public sealed record FinishVideo(IActorRef<Reply<VideoFinished>> ReplyTo) : VideoMessage;

/// <summary>Acknowledges <see cref="WriteFrames"/>.</summary>
public sealed record FramesWritten(FrameTrack Track, int Count);

/// <summary>Acknowledges <see cref="FinishVideo"/>.</summary>
/// <param name="Frames">Executed frames in the video.</param>
public sealed record VideoFinished(int Frames);
