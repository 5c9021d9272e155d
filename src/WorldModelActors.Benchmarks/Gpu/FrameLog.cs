using WorldModelActors.Media;

namespace WorldModelActors.Benchmarks;

/// <summary>Keeps the executed frames where they are to be compared; nothing is written.</summary>
internal sealed class FrameLog(bool keep) : IFrameSink
{
    public List<byte[]> Frames { get; } = [];

    /// <summary>PSNR of all frames of both together, in dB; 100 where they are the same.</summary>
    public static double Decibels(IEnumerable<byte[]> a, IEnumerable<byte[]> b)
    {
        double squares = 0, count = 0;
        foreach (var (x, y) in a.Zip(b))
        {
            for (var i = 0; i < x.Length; i++)
                squares += (x[i] - y[i]) * (x[i] - y[i]);
            count += x.Length;
        }
        return squares == 0 ? 100 : 10 * Math.Log10(255.0 * 255.0 * count / squares);
    }

    public void Append(FrameTrack track, Image frame)
    {
        if (keep && track == FrameTrack.World)
            Frames.Add(frame.Pixels.ToArray());
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
    }
}
