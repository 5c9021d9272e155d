using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Weights from a checkpoint file. A tensor whose device and type already fit lies directly on the mapped file; others are
/// converted, views that several keys share only once. What is missing or has another shape is remembered, a placeholder
/// stands in for it, and <see cref="Complete"/> reports everything in one error.
/// </summary>
public sealed class CheckpointWeights : WeightStore
{
    private readonly Checkpoint _checkpoint;
    private readonly bool _ownsCheckpoint;
    private readonly Dictionary<(long Offset, ElementType Type, string Layout, ScalarType Target), Tensor> _shared = [];
    private readonly List<WeightKey> _missing = [];
    private readonly List<(WeightKey Key, CheckpointEntry Entry)> _misshapen = [];
    private readonly List<CheckpointEntry> _unreadable = [];

    /// <param name="checkpoint">The file; must stay open while networks are built.</param>
    /// <param name="device">Where the tensors shall live (CPU by default).</param>
    /// <param name="dtype">Compute type of parameters.</param>
    /// <param name="ownsCheckpoint">Whether disposing this also closes the file.</param>
    public CheckpointWeights(Checkpoint checkpoint, Device? device = null, ScalarType dtype = ScalarType.Float32, bool ownsCheckpoint = false)
        : base(device ?? CPU, dtype)
    {
        _checkpoint = checkpoint;
        _ownsCheckpoint = ownsCheckpoint;
    }

    /// <summary>Opens a file for a model.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public static CheckpointWeights Open(string path, Device? device = null, ScalarType dtype = ScalarType.Float32)
        => new(Checkpoint.Open(path), device, dtype, ownsCheckpoint: true);

    /// <summary>
    /// To be called when all networks are built: checks that every key was there in the right shape and, unless
    /// <paramref name="allowExtra"/>, that the file has no key that the model does not know.
    /// </summary>
    /// <exception cref="CheckpointException">Something does not fit; the message lists all of it by group.</exception>
    public void Complete(bool allowExtra = false)
    {
        var extra = allowExtra ? [] : _checkpoint.Entries.Where(e => !Schema.TryGet(e.Name, out _)).ToList();
        if (_missing.Count + _misshapen.Count + _unreadable.Count + extra.Count == 0)
        {
            return;
        }

        var text = new StringBuilder($"{_checkpoint.Path} does not fit the model: ");
        text.AppendJoin(", ", new[]
        {
            (_missing.Count, "missing"), (_misshapen.Count, "of another shape"), (_unreadable.Count, "of an unusable type"), (extra.Count, "unknown"),
        }.Where(g => g.Item1 > 0).Select(g => $"{g.Item1} {(g.Item1 == 1 ? "key" : "keys")} {g.Item2}"));
        KeyList.Append(text, "missing", _missing.Select(k => k.Name));
        KeyList.Append(text, "another shape", _misshapen.Select(m => m.Entry.Name), _misshapen.Select(m => $"{m.Entry.Name} [{string.Join(", ", m.Entry.Shape)}] instead of [{string.Join(", ", m.Key.Shape)}]"));
        KeyList.Append(text, "unusable type", _unreadable.Select(e => e.Name), _unreadable.Select(e => $"{e.Name} {e.Type.TorchName()}"));
        KeyList.Append(text, "unknown", extra.Select(e => e.Name));
        text.Append("\nGive the configuration that this checkpoint was trained with (--model), or another checkpoint (--ckpt); 'wma inspect FILE --model CONFIG' shows every key.");
        throw new CheckpointException(text.ToString());
    }

    /// <inheritdoc/>
    protected override Tensor Make(WeightKey key, ScalarType dtype)
    {
        if (Schema.StoredName(key.Name, name => _checkpoint.TryGet(name, out _)) is not { } stored || !_checkpoint.TryGet(stored, out var entry))
        {
            _missing.Add(key);
            return Placeholder(key, dtype);
        }

        if (!entry.Shape.SequenceEqual(key.Shape))
        {
            _misshapen.Add((key, entry));
            return Placeholder(key, dtype);
        }

        if (entry.Type.ToScalarType() is null)
        {
            _unreadable.Add(entry);
            return Placeholder(key, dtype);
        }

        var identity = (entry.Offset, entry.Type, $"{string.Join(',', entry.Shape)}/{string.Join(',', entry.Strides)}", dtype);
        // What was laid out otherwise for the device is not shared.
        if (entry.Count > 0 && _shared.TryGetValue(identity, out var shared) && !shared.IsInvalid)
        {
            return shared;
        }

        using var scope = NewDisposeScope();
        var strides = entry.IsContiguous ? [] : entry.Strides.ToArray();
        var mapped = _checkpoint.Mapping.Tensor(entry.Offset, entry.Type, entry.Shape.ToArray(), strides);

        // Networks rely on dense weights.
        var tensor = mapped.to(dtype, Device).contiguous().MoveToOuterDisposeScope();
        _shared[identity] = tensor;
        return tensor;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_ownsCheckpoint)
        {
            _checkpoint.Dispose();
        }
    }

    /// <summary>Zeros of the right shape that take one element, whatever their size: the model is about to be refused.</summary>
    private Tensor Placeholder(WeightKey key, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        return (key.Count == 0 ? zeros([.. key.Shape], dtype, Device) : zeros([], dtype, Device).expand([.. key.Shape])).MoveToOuterDisposeScope();
    }
}
