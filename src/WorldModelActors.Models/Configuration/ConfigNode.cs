namespace WorldModelActors.Models;

/// <summary>A value of a configuration tree.</summary>
/// <param name="Path">Where it stands, e.g. <c>model.params.image_size[0]</c>; empty at the root.</param>
internal abstract record ConfigNode(string Path)
{
    /// <summary>Longer paths than this only occur in files that mean to exhaust memory.</summary>
    private const int LongestPath = 1024;

    public string Path { get; } = Path.Length <= LongestPath
        ? Path
        : throw new ConfigurationException($"a key is longer than {LongestPath} characters: {Path[..100]}...");

    /// <summary>The path as messages show it.</summary>
    public string Where => Path.Length == 0 ? "the top level" : Path;
}

/// <summary>Keys and values in order.</summary>
internal sealed record ConfigMap(string Path) : ConfigNode(Path)
{
    private readonly List<string> _keys = [];
    private readonly Dictionary<string, ConfigNode> _values = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Keys => _keys;

    public ConfigNode? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>False where the key is there already.</summary>
    public bool TryAdd(string key, ConfigNode value)
    {
        if (!_values.TryAdd(key, value))
        {
            return false;
        }

        _keys.Add(key);
        return true;
    }
}

/// <summary>A sequence.</summary>
internal sealed record ConfigList(string Path) : ConfigNode(Path)
{
    public List<ConfigNode> Items { get; } = [];
}

/// <summary>null, bool, long, double or string.</summary>
internal sealed record ConfigScalar(string Path, object? Value) : ConfigNode(Path);
