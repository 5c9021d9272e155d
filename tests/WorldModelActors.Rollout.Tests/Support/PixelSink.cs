using WorldModelActors.Media;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Keeps the executed frames.</summary>
internal sealed class PixelSink : IFrameSink
{
    public List<Image> Frames { get; } = [];

    public void Append(FrameTrack track, Image frame)
    {
        if (track == FrameTrack.World)
            Frames.Add(Image.Copy(frame.Pixels, frame.Height, frame.Width));
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
    }
}
