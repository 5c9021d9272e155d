using WorldModelActors.Media;

namespace WorldModelActors.Benchmarks;

/// <summary>Writes the video of an episode, and keeps its frames [H, W, 3] where they are to be compared.</summary>
internal sealed class BenchmarkSink(string path, VideoOptions video, bool keep) : IFrameSink
{
    private VideoWriter? _writer;

    public List<byte[]> Frames { get; } = [];

    public void Append(FrameTrack track, Image frame)
    {
        if (track != FrameTrack.World)
            return;
        _writer ??= VideoWriter.Create(path, frame.Height, frame.Width, video.Fps, video.Codec);
        _writer.Append(frame);
        if (keep)
            Frames.Add(frame.Pixels.ToArray());
    }

    public void Complete() => _writer?.Complete();

    public void Dispose() => _writer?.Dispose();
}
