namespace WorldModelActors.Rollout;

/// <summary>
/// The measured curve of seconds per step over rows per step, and the size that it says to use: the one with the most rows per second.
/// A device that is full with one row has a flat curve; then bigger batches would only make every sample wait longer for its step, so of
/// sizes that are nearly as good the smallest is taken, and samples take turns.
/// </summary>
/// <remarks>
/// Sizes in question are the powers of two and everything that waits. They are tried from small to large, a larger one only when half of it
/// has paid; sizes that do not pay are tried again ever so often, since a device may be shared and its speed may change, but so rarely that
/// what such a try loses stays below a hundredth of the time. Not thread-safe: it belongs to one actor.
/// </remarks>
/// <param name="anySize">Everything that waits is a size in question too, not only the powers of two.</param>
internal sealed class DenoiseCurve(bool anySize = true) : IDenoiseBatchSize
{
    /// <summary>Calls of a new size that say nothing: allocators and libraries adapt to its shapes.</summary>
    private const int WarmUp = 1;

    /// <summary>Measurements from which on a size is known.</summary>
    private const int Enough = 3;

    /// <summary>Measurements that count.</summary>
    private const int Recent = 5;

    /// <summary>Gain in rows per second below which a larger batch is not worth its latency.</summary>
    private const double Worthwhile = 1.03;

    /// <summary>Steps at the chosen size, at least, before another one is tried again.</summary>
    private const int Patience = 64;

    /// <summary>Time, in units of what a try loses, before the same size is tried again.</summary>
    private const double Rarity = 100;

    private readonly Dictionary<int, Point> _points = [];
    private double _elapsed;

    /// <inheritdoc/>
    public int Choose(int available)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(available, 1);
        var sizes = Candidates(available);
        var best = Best(sizes);
        foreach (var size in sizes)
        {
            if (size <= 2 * best && !IsKnown(size))
                return size;
        }
        return Revisit(sizes, best) ?? Math.Max(1, best);
    }

    /// <inheritdoc/>
    public void Record(int rows, double seconds)
    {
        _elapsed += seconds;
        if (!_points.TryGetValue(rows, out var point))
            _points.Add(rows, point = new Point());
        point.Last = _elapsed;
        if (++point.Calls <= WarmUp)
            return;
        if (point.Seconds.Count == Recent)
            point.Seconds.Dequeue();
        point.Seconds.Enqueue(seconds);
    }

    /// <summary>Median of the recent seconds per step of a size; null where too little is known.</summary>
    public double? SecondsPerStep(int rows) => IsKnown(rows) ? _points[rows].Median : null;

    private List<int> Candidates(int available)
    {
        List<int> sizes = [];
        for (var size = 1; size < available || (!anySize && size == available); size *= 2)
            sizes.Add(size);
        if (anySize)
            sizes.Add(available);
        return sizes;
    }

    private bool IsKnown(int size) => _points.TryGetValue(size, out var point) && point.Seconds.Count >= Enough;

    private double RowsPerSecond(int size) => size / Math.Max(_points[size].Median, 1e-12);

    /// <summary>The smallest known size that is nearly as good as the best one; 1 where nothing is known.</summary>
    private int Best(List<int> sizes)
    {
        var known = sizes.FindAll(IsKnown);
        if (known.Count == 0)
            return 1;
        var most = known.Max(RowsPerSecond);
        return known.Find(size => RowsPerSecond(size) * Worthwhile >= most);
    }

    /// <summary>The size that was measured longest ago, if its turn has come.</summary>
    private int? Revisit(List<int> sizes, int best)
    {
        var perRow = _points[best].Median / best;
        int? stalest = null;
        foreach (var size in sizes)
        {
            if (size == best || !IsKnown(size))
                continue;
            var point = _points[size];
            var loss = Math.Max(0, point.Median - (size * perRow));
            if (_elapsed - point.Last >= Math.Max(Patience * _points[best].Median, Rarity * loss)
                && (stalest is not { } other || point.Last < _points[other].Last))
            {
                stalest = size;
            }
        }
        return stalest;
    }

    private sealed class Point
    {
        public int Calls { get; set; }

        /// <summary>When it was measured last, in seconds of work.</summary>
        public double Last { get; set; }

        public Queue<double> Seconds { get; } = new();

        public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);
    }
}
