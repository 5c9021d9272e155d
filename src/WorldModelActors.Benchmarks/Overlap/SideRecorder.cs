namespace WorldModelActors.Benchmarks;

/// <summary>One run of one side.</summary>
internal sealed record SideRun(
    double Seconds, double FirstSeconds, double ProcessorSeconds, double FirstProcessorSeconds, IReadOnlyList<IReadOnlyList<byte[]>> Frames, int Decoded, int FirstDecoded, long PeakBytes, long StoreBytes,
    IReadOnlyList<LaneUse> Lanes);

/// <summary>Gathers the runs of every side and number of threads.</summary>
internal sealed class SideRecorder
{
    private readonly Dictionary<(string Side, int Threads), List<SideRun>> _runs = [];

    public void Add(string side, int threads, SideRun run)
    {
        if (!_runs.TryGetValue((side, threads), out var runs))
            _runs.Add((side, threads), runs = []);
        runs.Add(run);
    }

    public IReadOnlyList<OverlapMeasurement> Measurements() =>
    [
        .. _runs.Select(side =>
        {
            var runs = side.Value;
            var last = runs[^1];
            return new OverlapMeasurement(
                side.Key.Side,
                side.Key.Threads,
                last.Frames.Count,
                [.. runs.Select(r => r.Seconds)],
                Median(runs.Select(r => r.Seconds)),
                Median(runs.Select(r => r.ProcessorSeconds)),
                last.Frames.Sum(f => f.Count),
                last.Decoded,
                runs.Max(r => r.PeakBytes),
                runs.Max(r => r.StoreBytes),
                [.. runs.SelectMany(r => r.Lanes).GroupBy(l => (l.Device, l.Lane)).Select(g => new LaneUse(g.Key.Device, g.Key.Lane, g.Average(l => l.Share)))]);
        }),
    ];

    /// <summary>The middle one, or the mean of the two.</summary>
    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
