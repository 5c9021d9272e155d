namespace WorldModelActors.Rollout;

/// <summary>
/// Which samples share the next denoising step. The sample that has waited longest is always in it; the batch is filled with the samples of
/// its group that have waited longest after it, up to the rows that <see cref="IDenoiseBatchSize"/> says pay. Samples of other groups (other
/// shapes, other context layouts) wait for their turn.
/// </summary>
/// <remarks>
/// Fairness: a sample goes to the end of the line with every step and on arrival, and every step takes the head of the line, so with
/// N samples in flight none ever waits for more than N - 1 steps, whatever the groups, batch sizes and newcomers. A group has the
/// steps for itself for at most as many steps in a row as it has samples. No clock, no tensors, not thread-safe.
/// </remarks>
/// <param name="sizes">Makes the batch size rule of a group.</param>
internal sealed class DenoiseScheduler<T>(Func<IDenoiseBatchSize> sizes)
    where T : class
{
    // Groups come from shapes that one model can have: a handful, kept for what is known of their speed.
    private readonly Dictionary<string, IDenoiseBatchSize> _groups = [];
    private readonly List<Entry> _entries = [];
    private long _arrivals;
    private long _places;

    /// <summary>Samples in flight.</summary>
    public int Count => _entries.Count;

    /// <summary>Rows of all samples in flight.</summary>
    public int Rows => _entries.Sum(e => e.Rows);

    /// <summary>Samples in flight, in order of arrival.</summary>
    public IEnumerable<T> Samples => _entries.Select(e => e.Sample);

    /// <summary>A sample joins at the end of the line.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="group">Only samples of equal groups share a step.</param>
    /// <param name="rows">Rows of the network that it takes: 2 with guidance, otherwise 1.</param>
    public void Add(T sample, string group, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (Find(sample) is not null)
            throw new ArgumentException("the sample is in flight already", nameof(sample));
        if (!_groups.ContainsKey(group))
            _groups.Add(group, sizes());
        _entries.Add(new Entry(sample, group, rows, _arrivals++) { Place = _places++ });
    }

    /// <summary>A sample leaves.</summary>
    /// <returns>False where it was not in flight.</returns>
    public bool Remove(T sample) => Find(sample) is { } entry && _entries.Remove(entry);

    /// <summary>
    /// Samples of the next step, in order of arrival, so that the same samples make the same batch. Nothing changes until
    /// <see cref="Stepped"/>.
    /// </summary>
    /// <param name="maxRows">Most rows. The head of the line is taken even if it alone has more.</param>
    public IReadOnlyList<T> Next(int maxRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        if (_entries.Count == 0)
            return [];
        var head = Line(_entries).First();
        List<Entry> line = [.. Line(_entries.Where(e => e.Group == head.Group))];
        var available = Math.Min(maxRows, line.Sum(e => e.Rows));
        var target = available == 1 ? 1 : _groups[head.Group].Choose(available);
        List<Entry> batch = [];
        var rows = 0;
        foreach (var entry in line)
        {
            if (batch.Count > 0 && rows + entry.Rows > target)
                continue;
            batch.Add(entry);
            rows += entry.Rows;
        }
        return [.. batch.OrderBy(e => e.Arrival).Select(e => e.Sample)];
    }

    /// <summary>Samples have made a step: they go to the end of the line, in the order in which they stood in it.</summary>
    public void Stepped(IReadOnlyList<T> batch)
    {
        foreach (var entry in Line(batch.Select(Find).OfType<Entry>()).ToList())
            entry.Place = _places++;
    }

    /// <summary>What a step of a group took.</summary>
    public void Measured(string group, int rows, double seconds)
    {
        if (_groups.TryGetValue(group, out var size))
            size.Record(rows, seconds);
    }

    private static IEnumerable<Entry> Line(IEnumerable<Entry> entries) => entries.OrderBy(e => e.Place);

    private Entry? Find(T sample) => _entries.Find(e => ReferenceEquals(e.Sample, sample));

    private sealed record Entry(T Sample, string Group, int Rows, long Arrival)
    {
        /// <summary>In the line; the smallest is the head.</summary>
        public long Place { get; set; }
    }
}
