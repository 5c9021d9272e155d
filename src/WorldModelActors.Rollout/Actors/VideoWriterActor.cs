using WorldModelActors.Engine;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>
/// Appends an episode's frames to its sink in order and acknowledges them, off the device threads. Frames may arrive out of
/// order (the last of an iteration are decoded first); the requester's credits bound how many wait here.
/// </summary>
internal sealed class VideoWriterActor(IFrameSink sink) : Actor<VideoMessage>
{
    private readonly Dictionary<FrameTrack, Track> _tracks = [];
    private bool _finished;

    public override ValueTask ReceiveAsync(VideoMessage message, IActorContext<VideoMessage> context)
    {
        switch (message)
        {
            case WriteFrames frames:
                if (!_tracks.TryGetValue(frames.Track, out var track))
                    _tracks.Add(frames.Track, track = new Track());
                track.Waiting.Add(frames.First, frames);
                Append(track);
                break;
            case FinishVideo finish:
                // Frames whose predecessors never came (a cancelled episode) are not part of the video.
                DisposeWaiting();
                sink.Complete();
                _finished = true;
                finish.ReplyTo.Tell(new VideoFinished(_tracks.TryGetValue(FrameTrack.World, out var world) ? world.Next : 0));
                break;
        }
        return ValueTask.CompletedTask;
    }

    public override ValueTask PostStopAsync(IActorContext<VideoMessage> context)
    {
        DisposeWaiting();
        if (!_finished)
            sink.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Tells the requester of a failure; supervision calls it with the message in hand.</summary>
    internal static void OnFailure(ActorFailure<VideoMessage> failure)
    {
        switch (failure.Message)
        {
            case WriteFrames frames:
                frames.ReplyTo.Tell(Reply<FramesWritten>.Failed(failure.Cause));
                break;
            case FinishVideo finish:
                finish.ReplyTo.Tell(Reply<VideoFinished>.Failed(failure.Cause));
                break;
        }
    }

    private void Append(Track track)
    {
        while (track.Waiting.Remove(track.Next, out var ready))
        {
            try
            {
                foreach (var picture in ready.Pictures)
                {
                    sink.Append(ready.Track, picture);
                    track.Next++;
                }
            }
            finally
            {
                foreach (var picture in ready.Pictures)
                    picture.Dispose();
            }
            ready.ReplyTo.Tell(new FramesWritten(ready.Track, ready.Pictures.Count));
        }
    }

    private void DisposeWaiting()
    {
        foreach (var picture in _tracks.Values.SelectMany(t => t.Waiting.Values).SelectMany(w => w.Pictures))
            picture.Dispose();
        foreach (var track in _tracks.Values)
            track.Waiting.Clear();
    }

    private sealed class Track
    {
        public int Next { get; set; }

        public Dictionary<int, WriteFrames> Waiting { get; } = [];
    }
}
