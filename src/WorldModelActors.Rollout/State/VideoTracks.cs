using WorldModelActors.Media;

namespace WorldModelActors.Rollout;

/// <summary>
/// What is in an episode's videos, and what waits for its predecessors. It belongs to the episode, not to the writer that uses it, so that
/// a writer that is started anew goes on where the last one stopped. Used by one writer at a time.
/// </summary>
internal sealed class VideoTracks(int worldFrames = 0, int policyFrames = 0)
{
    private readonly Track _world = new() { Next = worldFrames };
    private readonly Track _policy = new() { Next = policyFrames };

    /// <summary>The frames that are being appended; they wait no more.</summary>
    public WriteFrames? InHand { get; private set; }

    /// <summary>Why the videos could not be finished; that is tried once only.</summary>
    public Exception? CompletionFailure { get; private set; }

    public bool IsComplete { get; private set; }

    /// <summary>Frames in a video.</summary>
    public int Written(FrameTrack track) => Of(track).Next;

    /// <summary>Takes frames; they may come before their predecessors, and again.</summary>
    public void Add(WriteFrames frames) => Of(frames.Track).Waiting[frames.First] = frames;

    /// <summary>
    /// Appends what is next, frames that are in the video already excepted. What fails is out of the queue and in hand: it must be sent again.
    /// </summary>
    /// <returns>What was appended, or null when the next frames are not there yet.</returns>
    public WriteFrames? AppendNext(FrameTrack which, IFrameSink sink)
    {
        var track = Of(which);
        if (track.Waiting.Count == 0)
            return null;
        var frames = track.Waiting.First().Value;
        if (frames.First > track.Next)
            return null;
        track.Waiting.Remove(frames.First);
        InHand = frames;
        while (track.Next < frames.First + frames.Pictures.Count)
        {
            sink.Append(which, frames.Pictures[track.Next - frames.First]);
            track.Next++;
        }
        InHand = null;
        return frames;
    }

    /// <summary>Gives back the frames in hand after a failure.</summary>
    public WriteFrames? TakeInHand()
    {
        var frames = InHand;
        InHand = null;
        return frames;
    }

    /// <summary>Drops everything that waits.</summary>
    public IReadOnlyList<WriteFrames> Clear()
    {
        List<WriteFrames> dropped = [.. _world.Waiting.Values, .. _policy.Waiting.Values];
        _world.Waiting.Clear();
        _policy.Waiting.Clear();
        InHand = null;
        return dropped;
    }

    /// <summary>Finishes the videos, once.</summary>
    public void Complete(IFrameSink sink)
    {
        if (IsComplete || CompletionFailure is not null)
            return;
        try
        {
            sink.Complete();
            IsComplete = true;
        }
        catch (Exception cause)
        {
            CompletionFailure = cause;
        }
    }

    private Track Of(FrameTrack track) => track == FrameTrack.World ? _world : _policy;

    private sealed class Track
    {
        public int Next { get; set; }

        public SortedDictionary<int, WriteFrames> Waiting { get; } = [];
    }
}
