namespace WorldModelActors.Media;

/// <summary>The videos of an episode.</summary>
public enum FrameTrack
{
    /// <summary>Executed frames: the episode's video.</summary>
    World,

    /// <summary>Frames that the policy call imagined beside its actions.</summary>
    Policy,
}

/// <summary>Takes the frames of one episode, in order, one at a time, and never holds them all.</summary>
public interface IFrameSink : IDisposable
{
    /// <summary>Appends a frame; the picture stays the caller's.</summary>
    /// <exception cref="MediaException">The frame cannot be written.</exception>
    void Append(FrameTrack track, Image frame);

    /// <summary>Finishes the videos. Disposing without it keeps what was appended.</summary>
    void Complete();
}
