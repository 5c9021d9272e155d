namespace WorldModelActors.Models;

// What the pickle machine can build: null, bool, long, BigInteger, double, string, and the types below. Containers may be
// shared and may even contain themselves (as in Python), so nothing here is ever walked recursively.

/// <summary>A Python tuple (also torch.Size).</summary>
internal sealed class PickleTuple(object?[] items)
{
    public static readonly PickleTuple Empty = new([]);

    public object?[] Items { get; } = items;
}

/// <summary>A Python list, set or frozenset.</summary>
internal sealed class PickleList
{
    // Allocated with the first item: an empty container costs one byte in a file and should cost little here.
    private List<object?>? _items;

    public IReadOnlyList<object?> Items => _items ?? [];

    public void Add(object? item) => (_items ??= []).Add(item);
}

/// <summary>A Python dict or OrderedDict, in order of insertion.</summary>
internal sealed class PickleDict
{
    private List<KeyValuePair<object?, object?>>? _pairs;
    private Dictionary<string, int>? _byName;

    public IReadOnlyList<KeyValuePair<object?, object?>> Pairs => _pairs ?? [];

    /// <summary>Sets a pair; a text key replaces its earlier value in place, other keys are only kept in order.</summary>
    public void Set(object? key, object? value)
    {
        _pairs ??= [];
        if (key is string name)
        {
            _byName ??= new Dictionary<string, int>(StringComparer.Ordinal);
            if (_byName.TryGetValue(name, out var at))
            {
                _pairs[at] = new(key, value);
                return;
            }

            _byName.Add(name, _pairs.Count);
        }

        _pairs.Add(new(key, value));
    }

    public bool TryGet(string name, out object? value)
    {
        if (_byName is not null && _byName.TryGetValue(name, out var at))
        {
            value = _pairs![at].Value;
            return true;
        }

        value = null;
        return false;
    }
}

/// <summary>A name that the pickle imported and that is on the list of allowed ones.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public string FullName => $"{Module}.{Name}";
}

/// <summary>A storage named by a persistent id; its bytes lie elsewhere in the file.</summary>
internal sealed record PickleStorage(ElementType Type, string Key, long Count);

/// <summary>A tensor: a strided view of a storage (offset and strides in elements).</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);
