using WorldModelActors.Engine;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>
/// Appends an episode's frames to its sink in order and acknowledges them, off the device threads. Frames may arrive out of
/// order (the last of an iteration are decoded first); the requester's credits bound how many wait here. What is in the video and
/// what waits is in <paramref name="tracks"/>, which outlives a writer that fails.
/// </summary>
internal sealed class VideoWriterActor(string episode, IFrameSink sink, VideoTracks tracks, LaneRecorder lane) : Actor<VideoMessage>
{
    public override ValueTask ReceiveAsync(VideoMessage message, IActorContext<VideoMessage> context)
    {
        switch (message)
        {
            case WriteFrames frames:
                tracks.Add(frames);
                Append(frames.Track);
                break;
            case FinishVideo finish:
                Finish(finish);
                break;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>What waits is kept for the next writer.</summary>
    public override ValueTask PreRestartAsync(ActorFailure<VideoMessage> failure, IActorContext<VideoMessage> context) => ValueTask.CompletedTask;

    /// <summary>Tells the requester of a failure; supervision calls it with the message in hand.</summary>
    internal static void OnFailure(VideoTracks tracks, ActorFailure<VideoMessage> failure)
    {
        // Not always the message that came: it may have been the missing predecessor of what failed.
        if (tracks.TakeInHand() is { } inHand)
            inHand.ReplyTo.Tell(Reply<FramesWritten>.Failed(failure.Cause));
        else if (failure.Message is WriteFrames frames)
            frames.ReplyTo.Tell(Reply<FramesWritten>.Failed(failure.Cause));
        else if (failure.Message is FinishVideo finish)
            finish.ReplyTo.Tell(Reply<VideoFinished>.Failed(failure.Cause));
    }

    private void Append(FrameTrack track)
    {
        for (var since = lane.Now(); tracks.AppendNext(track, sink) is { } written; since = lane.Now())
        {
            lane.Worked(Lane.Write, "write", since, written.Pictures.Count, new LaneSubject(episode, written.Iteration));
            written.ReplyTo.Tell(new FramesWritten(track, written.Pictures.Count));
        }
    }

    private void Finish(FinishVideo finish)
    {
        // Frames whose predecessors never came are not part of the video.
        foreach (var frames in tracks.Clear())
            frames.ReplyTo.Tell(Reply<FramesWritten>.Failed(new RolloutException("the frames before them are missing")));
        tracks.Complete(sink);
        finish.ReplyTo.Tell(tracks.CompletionFailure is { } cause
            ? Reply<VideoFinished>.Failed(new RolloutException(cause.Message, cause))
            : new VideoFinished(tracks.Written(FrameTrack.World)));
    }
}
