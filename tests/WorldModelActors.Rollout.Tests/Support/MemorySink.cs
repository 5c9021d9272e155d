using System.Security.Cryptography;
using WorldModelActors.Media;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Keeps a digest of every frame.</summary>
internal sealed class MemorySink(Action<int>? onFrame = null) : IFrameSink
{
    public List<string> Frames { get; } = [];

    public List<string> PolicyFrames { get; } = [];

    public bool Completed { get; private set; }

    public bool Disposed { get; private set; }

    public void Append(FrameTrack track, Image frame)
    {
        var frames = track == FrameTrack.World ? Frames : PolicyFrames;
        onFrame?.Invoke(frames.Count);
        frames.Add(Convert.ToHexString(SHA256.HashData(frame.Pixels)));
    }

    public Action? OnComplete { get; init; }

    public void Complete()
    {
        OnComplete?.Invoke();
        Completed = true;
    }

    public void Dispose() => Disposed = true;
}
