namespace WorldModelActors.Rollout;

/// <summary>
/// The largest batch that may be formed now. Below the configured maximum it follows what is learned from the calls: with a bound on
/// bytes it starts at 1 and doubles while the predicted peak a + b n stays within the bound; a call that ran out of memory halves it,
/// and it comes back later, each time more carefully, until the maximum has gone well for as long as the last wait.
/// </summary>
/// <remarks>Not thread-safe: it belongs to one actor.</remarks>
internal sealed class BatchLimit
{
    /// <summary>Calls at a lowered limit before a larger batch is tried again; doubles with every further failure.</summary>
    private const int FirstRecovery = 32;

    private readonly int _max;
    private readonly long? _maxBytes;
    private readonly SortedDictionary<int, long> _peaks = [];
    private int _recovery;
    private int _calls;

    /// <param name="max">Most items in a call.</param>
    /// <param name="maxBytes">Most bytes at a call's peak; null for no bound.</param>
    public BatchLimit(int max, long? maxBytes = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        _max = max;
        _maxBytes = maxBytes;
        Current = maxBytes is null ? max : 1;
    }

    /// <summary>Largest batch that may be formed now.</summary>
    public int Current { get; private set; }

    /// <summary>Times that a call ran out of memory.</summary>
    public int OutOfMemoryCount { get; private set; }

    /// <summary>A call went well.</summary>
    /// <param name="batch">Its items.</param>
    /// <param name="peakBytes">Bytes at its peak over what was held before; null where the device does not say.</param>
    public void Succeeded(int batch, long? peakBytes = null)
    {
        if (peakBytes is { } bytes)
        {
            _peaks[batch] = Math.Max(bytes, _peaks.GetValueOrDefault(batch));
            if (!Fits(Current))
            {
                // The prediction was too low: what was learned now says so.
                Current = LargestThatFits(Current);
                _calls = 0;
                return;
            }
        }
        // Only full batches say that there is room for more.
        if (batch < Current)
            return;
        if (_recovery > 0 && ++_calls < _recovery)
            return;
        _calls = 0;
        if (Current == _max)
            _recovery = 0;
        else
            Current = Math.Max(Current, LargestThatFits(Math.Min(_max, Current * 2)));
    }

    /// <summary>A call ran out of memory.</summary>
    /// <param name="batch">Its items.</param>
    /// <returns>True when a smaller batch may be tried; false for a single item, which does not fit.</returns>
    public bool OutOfMemory(int batch)
    {
        // The first one starts the waiting, every further one doubles it: a batch that never fits is tried ever more rarely.
        _recovery = _recovery == 0 ? FirstRecovery : Math.Min(_recovery * 2, 1 << 16);
        OutOfMemoryCount++;
        _calls = 0;
        Current = Math.Clamp(batch / 2, 1, Current);
        return batch > 1;
    }

    /// <summary>Bytes that a call of a size would take at its peak, from the smallest and the largest size seen; null when too little is known.</summary>
    public long? PredictedPeak(int batch)
    {
        if (_peaks.Count == 0)
            return null;
        if (_peaks.TryGetValue(batch, out var seen))
            return seen;
        var (small, smallBytes) = _peaks.First();
        var (large, largeBytes) = _peaks.Last();
        // One size says nothing of a constant part: all of it is taken to grow.
        if (large == small)
            return (long)((double)largeBytes / large * batch);
        var slope = Math.Max(0, (double)(largeBytes - smallBytes) / (large - small));
        return (long)(largeBytes + (slope * (batch - large)));
    }

    private bool Fits(int batch) => _maxBytes is not { } bound || PredictedPeak(batch) is not { } peak || peak <= bound;

    private int LargestThatFits(int most)
    {
        while (most > 1 && !Fits(most))
            most--;
        return most;
    }
}
