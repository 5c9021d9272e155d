using WorldModelActors.Rollout;

namespace WorldModelActors.Telemetry;

/// <summary>How busy a lane is.</summary>
/// <param name="Device">Its device; <see cref="LaneNames.Host"/> where it belongs to none.</param>
/// <param name="Lane">The lane.</param>
/// <param name="Share">Busy time over time, 0 to 1.</param>
public readonly record struct LaneShare(string Device, Lane Lane, double Share);

/// <summary>
/// The lanes' share of busy time over the last seconds, and their busy time since the beginning. A lane of several threads
/// counts as busy while any of them works. Work is known when it has ended, so a single call that is longer than the window
/// counts for the window in which it ended.
/// </summary>
public sealed class LaneOccupancy : IRolloutObserver
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _window;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<(string Device, Lane Lane), Track> _tracks = [];
    private long? _first;

    /// <param name="time">The node's clock.</param>
    /// <param name="window">What "the last seconds" are.</param>
    public LaneOccupancy(TimeProvider time, TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        _time = time;
        _window = window;
    }

    /// <inheritdoc/>
    public void LaneWorked(in LaneSpan span)
    {
        lock (_lock)
        {
            _first = Math.Min(_first ?? span.Start, span.Start);
            var key = (LaneNames.DeviceName(span.Device), span.Lane);
            if (!_tracks.TryGetValue(key, out var track))
                _tracks.Add(key, track = new Track());
            track.Add(span.Start, span.End);
            track.Forget(Before(span.End));
        }
    }

    /// <summary>Every lane that has worked, by device and lane.</summary>
    public IReadOnlyList<LaneShare> Shares()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var since = Math.Max(Before(now), _first ?? now);
            return [.. _tracks.Select(t => new LaneShare(t.Key.Device, t.Key.Lane, now > since ? Math.Min(1, (double)t.Value.Within(since, now) / (now - since)) : 0))];
        }
    }

    /// <summary>Busy time of every lane since the beginning.</summary>
    public IReadOnlyDictionary<(string Device, Lane Lane), TimeSpan> BusyTimes()
    {
        lock (_lock)
            return _tracks.ToDictionary(t => t.Key, t => _time.GetElapsedTime(0, t.Value.Busy));
    }

    private long Before(long now) => now - (long)(_window.TotalSeconds * _time.TimestampFrequency);

    /// <summary>Stretches of busy time in order, overlaps joined.</summary>
    private sealed class Track
    {
        private readonly LinkedList<(long Start, long End)> _stretches = [];

        public long Busy { get; private set; }

        public void Add(long start, long end)
        {
            if (end <= start)
                return;
            Busy += end - start;
            // Spans come in the order of their ends; joined with every stretch that they overlap.
            while (_stretches.Last is { Value: var last } && last.End > start)
            {
                Busy -= Math.Max(0, Math.Min(last.End, end) - Math.Max(last.Start, start));
                (start, end) = (Math.Min(start, last.Start), Math.Max(end, last.End));
                _stretches.RemoveLast();
            }
            _stretches.AddLast((start, end));
        }

        public void Forget(long before)
        {
            while (_stretches.First is { Value.End: var end } && end < before)
                _stretches.RemoveFirst();
        }

        public long Within(long since, long now) => _stretches.Sum(s => Math.Max(0, Math.Min(s.End, now) - Math.Max(s.Start, since)));
    }
}
