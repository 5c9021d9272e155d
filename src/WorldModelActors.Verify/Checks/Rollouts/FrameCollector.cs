using WorldModelActors.Media;

namespace WorldModelActors.Verify;

/// <summary>Keeps some frames of an episode.</summary>
internal sealed class FrameCollector(IReadOnlyCollection<(FrameTrack Track, int Number)> wanted) : IFrameSink
{
    private readonly HashSet<(FrameTrack, int)> _wanted = [.. wanted];
    private readonly Dictionary<(FrameTrack, int), (byte[] Pixels, int Height, int Width)> _frames = [];
    private readonly Dictionary<FrameTrack, int> _counts = [];

    /// <summary>A kept frame [H, W, 3].</summary>
    /// <exception cref="VerifyException">It was never written.</exception>
    public Tensor Frame(FrameTrack track, int number) => _frames.TryGetValue((track, number), out var frame)
        ? tensor(frame.Pixels, [frame.Height, frame.Width, 3])
        : throw new VerifyException($"frame {number} of the {track} video was not written");

    public void Append(FrameTrack track, Image frame)
    {
        var number = _counts.GetValueOrDefault(track);
        _counts[track] = number + 1;
        if (_wanted.Contains((track, number)))
        {
            _frames[(track, number)] = (frame.Pixels.ToArray(), frame.Height, frame.Width);
        }
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
    }
}
