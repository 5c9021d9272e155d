namespace WorldModelActors.Benchmarks;

/// <summary>Compares the frames [H, W, 3] of episodes with those of the first run.</summary>
internal sealed class FrameComparison(IReadOnlyList<IReadOnlyList<byte[]>> expected)
{
    private int _frames;
    private int _equal;

    /// <summary>Of any frame so far, in dB.</summary>
    public double LeastPsnr { get; private set; } = OverlapCase.Identical;

    /// <summary>Share of frames that are equal to the bit.</summary>
    public double EqualShare => _frames == 0 ? 1 : (double)_equal / _frames;

    /// <summary>Compares the first episodes with as many as there are.</summary>
    /// <exception cref="BenchmarkException">An episode has another number of frames.</exception>
    public void Add(IReadOnlyList<IReadOnlyList<byte[]>> actual)
    {
        for (var episode = 0; episode < actual.Count; episode++)
        {
            if (actual[episode].Count != expected[episode].Count)
                throw new BenchmarkException($"episode {episode} has {actual[episode].Count} frames, in the original loop {expected[episode].Count}");
            foreach (var (a, b) in actual[episode].Zip(expected[episode]))
            {
                _frames++;
                if (a.AsSpan().SequenceEqual(b))
                    _equal++;
                else
                    LeastPsnr = Math.Min(LeastPsnr, Psnr(a, b));
            }
        }
    }

    private static double Psnr(byte[] a, byte[] b)
    {
        var squares = 0L;
        for (var i = 0; i < a.Length; i++)
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        return 10 * Math.Log10(255.0 * 255.0 * a.Length / squares);
    }
}
