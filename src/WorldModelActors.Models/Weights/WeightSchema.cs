namespace WorldModelActors.Models;

/// <summary>One key that the networks declared.</summary>
/// <param name="Name">Full key.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="IsBuffer">Not a parameter (schedule arrays, coordinate grids, repeated keys).</param>
/// <param name="IsUsed">Whether inference reads it.</param>
public sealed record WeightKey(string Name, IReadOnlyList<long> Shape, bool IsBuffer, bool IsUsed)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>Every key that a model's constructors declared: the schema of its checkpoints.</summary>
public sealed class WeightSchema
{
    private readonly List<WeightKey> _keys = [];
    private readonly Dictionary<string, WeightKey> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _earlier = new(StringComparer.Ordinal);

    /// <summary>The keys in the order of their declaration.</summary>
    public IReadOnlyList<WeightKey> Keys => _keys;

    /// <summary>Elements of all parameters (buffers do not count).</summary>
    public long ParameterCount => _keys.Where(k => !k.IsBuffer).Sum(k => k.Count);

    /// <summary>Whether a key is part of the schema.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out WeightKey? key) => _byName.TryGetValue(name, out key);

    /// <summary>
    /// The key that a checkpoint has the tensor <paramref name="name"/> under: its own, else the first of its earlier copies (see
    /// <see cref="IWeights.Repeated"/>) that is there; null where none is.
    /// </summary>
    /// <param name="name">A declared key.</param>
    /// <param name="exists">Whether the checkpoint has a key.</param>
    public string? StoredName(string name, Func<string, bool> exists) =>
        exists(name) ? name : _earlier.TryGetValue(name, out var earlier) ? earlier.Find(copy => exists(copy)) : null;

    /// <summary>The keys of a checkpoint that inference reads.</summary>
    /// <param name="exists">Whether the checkpoint has a key.</param>
    public IReadOnlySet<string> StoredNames(Func<string, bool> exists) =>
        _keys.Where(k => k.IsUsed).Select(k => StoredName(k.Name, exists)).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <summary>The schema of a whole model, from building its networks without elements.</summary>
    public static WeightSchema Of(WorldModelOptions options)
    {
        using var scope = NewDisposeScope();
        var weights = new MetaWeights();
        using var model = WorldModel.Build(options, weights);
        return weights.Schema;
    }

    /// <summary>Declares another key of the tensor <paramref name="name"/>.</summary>
    internal void DeclareRepeated(string name, string earlier, ReadOnlySpan<long> shape)
    {
        Declare(earlier, shape, isBuffer: true, isUsed: false);
        if (!_earlier.TryGetValue(name, out var copies))
        {
            _earlier.Add(name, copies = []);
        }

        if (!copies.Contains(earlier))
        {
            copies.Add(earlier);
        }
    }

    /// <exception cref="InvalidOperationException">Two networks declare the same key differently: an error in the networks.</exception>
    internal WeightKey Declare(string name, ReadOnlySpan<long> shape, bool isBuffer, bool isUsed)
    {
        if (_byName.TryGetValue(name, out var before))
        {
            return before.Shape.SequenceEqual(shape.ToArray()) && before.IsBuffer == isBuffer && before.IsUsed == isUsed
                ? before
                : throw new InvalidOperationException($"the key '{name}' is declared twice with different meanings");
        }

        var key = new WeightKey(name, shape.ToArray(), isBuffer, isUsed);
        _byName.Add(name, key);
        _keys.Add(key);
        return key;
    }
}
