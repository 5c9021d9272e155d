using WorldModelActors.Models;

namespace WorldModelActors.Rollout;

/// <summary>
/// The joined conditionings of the batches that are being stepped: a batch of the same samples in the same order finds keys, values and
/// features already joined, so that nothing is copied from step to step. Owns the joined tensors, not the parts.
/// </summary>
/// <remarks>
/// Samples that take turns come back in a few compositions; those used longest ago go first when all of them together would hold more
/// rows than allowed. Belongs to one thread.
/// </remarks>
internal sealed class DenoiseConditionCache : IDisposable
{
    // Most recently used last.
    private readonly List<(UNetConditioning[] Parts, UNetConditioning Joined)> _entries = [];

    /// <summary>Most rows that all joined conditionings may hold, beside the one in use.</summary>
    public long MaxRows { get; set; } = long.MaxValue;

    /// <summary>Times that conditionings were joined.</summary>
    public long Joins { get; private set; }

    /// <summary>Rows held.</summary>
    public long Rows => _entries.Sum(e => e.Joined.Batch);

    /// <summary>The conditioning of a batch of these parts; a single part is itself. Valid until the next call.</summary>
    /// <exception cref="ModelInputException">The parts do not fit together.</exception>
    public UNetConditioning Join(IReadOnlyList<UNetConditioning> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        var found = _entries.FindIndex(e => e.Parts.SequenceEqual(parts));
        if (found >= 0)
        {
            var entry = _entries[found];
            _entries.RemoveAt(found);
            _entries.Add(entry);
            return entry.Joined;
        }
        var rows = parts.Sum(p => p.Batch);
        while (_entries.Count > 0 && Rows + rows > MaxRows)
            Evict(0);
        var joined = UNetConditioning.Cat(parts);
        Joins++;
        _entries.Add(([.. parts], joined));
        return joined;
    }

    /// <summary>A sample has left: what was joined with it is of no use any more.</summary>
    public void Forget(UNetConditioning part)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Parts.Contains(part))
                Evict(i);
        }
    }

    /// <summary>Frees everything.</summary>
    public void Clear()
    {
        while (_entries.Count > 0)
            Evict(_entries.Count - 1);
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private void Evict(int index)
    {
        _entries[index].Joined.Dispose();
        _entries.RemoveAt(index);
    }
}
