using System.Globalization;

namespace WorldModelActors.Models;

/// <summary>
/// Typed access to one map of a configuration. It remembers which keys were read, so that <see cref="Close"/> can refuse the
/// rest: a key that nobody reads could change the network.
/// </summary>
internal sealed class ConfigSection(Interpolation interpolation, ConfigMap map)
{
    /// <summary>Larger numbers than this are no sizes of any network.</summary>
    private const int LargestSize = 1_000_000;
    private const int LongestList = 64;

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Where the section stands.</summary>
    public string Path => map.Path;

    /// <summary>The value of a key with interpolation resolved; null where it is absent or null.</summary>
    public ConfigNode? Find(string key)
    {
        _read.Add(key);
        return map[key] is { } node && interpolation.Resolve(node) is var resolved and not ConfigScalar { Value: null } ? resolved : null;
    }

    /// <summary>A size: a whole number from 1 (or <paramref name="least"/>).</summary>
    public int Int(string key, int? otherwise = null, int least = 1)
        => Find(key) is { } node ? Int(node, key, least) : otherwise ?? throw Missing(key);

    /// <summary>A list of sizes.</summary>
    public IReadOnlyList<int> Ints(string key, IReadOnlyList<int>? otherwise = null) => Find(key) switch
    {
        null => otherwise ?? throw Missing(key),
        ConfigList { Items: { Count: > 0 and <= LongestList } items } => [.. items.Select(i => Int(interpolation.Resolve(i), key, 1))],
        var other => throw Wrong(key, other, $"a list of 1 to {LongestList} whole numbers"),
    };

    /// <summary>A pair [height, width].</summary>
    public (int Height, int Width) Size(string key) => Ints(key) is [var height, var width]
        ? (height, width)
        : throw Wrong(key, Find(key), "[height, width]");

    /// <summary>A finite number.</summary>
    public double Double(string key, double? otherwise = null) => Find(key) switch
    {
        null => otherwise ?? throw Missing(key),
        ConfigScalar { Value: long number } => number,
        ConfigScalar { Value: double number } when double.IsFinite(number) => number,
        var other => throw Wrong(key, other, "a number"),
    };

    public bool Bool(string key, bool? otherwise = null) => Find(key) switch
    {
        null => otherwise ?? throw Missing(key),
        ConfigScalar { Value: bool value } => value,
        var other => throw Wrong(key, other, "true or false"),
    };

    public string Text(string key, string? otherwise = null) => Find(key) switch
    {
        null => otherwise ?? throw Missing(key),
        ConfigScalar { Value: string value } => value,
        var other => throw Wrong(key, other, "a text"),
    };

    /// <summary>A map below this one.</summary>
    public ConfigSection Section(string key) => FindSection(key) ?? throw Missing(key);

    /// <summary>A map below this one, if it is there.</summary>
    public ConfigSection? FindSection(string key) => Find(key) switch
    {
        null => null,
        ConfigMap found => new ConfigSection(interpolation, found),
        var other => throw Wrong(key, other, "a map"),
    };

    /// <summary>The <c>params</c> of a <c>{target, params}</c> pair below this map; any other target is refused by name.</summary>
    public ConfigSection Target(string key, string target) => Section(key).Target(target);

    /// <summary>The <c>params</c> of this <c>{target, params}</c> pair; any other target is refused by name.</summary>
    public ConfigSection Target(string target)
    {
        var found = Text("target");
        if (found != target)
        {
            throw new ConfigurationException($"{Under("target")}: '{Shorten(found)}' is not supported, only {target}");
        }

        return FindSection("params") ?? new ConfigSection(interpolation, new ConfigMap(Under("params")));
    }

    /// <summary>
    /// A key that changes the network and of which one value is supported. Where it is absent upstream's default counts
    /// (<paramref name="upstreamDefault"/>; the supported value if not given).
    /// </summary>
    public void Fixed(string key, object? supported, object? upstreamDefault = null)
    {
        var node = Find(key);
        var value = node switch
        {
            null when map[key] is null => upstreamDefault ?? supported,
            null => null,
            ConfigScalar scalar => scalar.Value,
            ConfigList { Items.Count: 0 } => Empty,
            _ => node,
        };
        if (!Same(value, supported))
        {
            throw new ConfigurationException($"{Under(key)}: {Show(node, value)} is not supported{(node is null ? " (upstream's default where the key is absent)" : "")}, only {Show(null, supported)}");
        }
    }

    /// <summary>The value of an empty list for <see cref="Fixed"/>.</summary>
    public static object Empty { get; } = new();

    /// <summary>Keys that do not matter for inference.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            _read.Add(key);
        }
    }

    /// <summary>Refuses every key that was neither read nor ignored.</summary>
    public void Close()
    {
        if (map.Keys.FirstOrDefault(k => !_read.Contains(k)) is { } unknown)
        {
            throw new ConfigurationException($"{Under(unknown)}: is not a known option; remove it if it does not change the network");
        }
    }

    /// <summary>The full name of a key of this section.</summary>
    public string Under(string key) => map.Path.Length == 0 ? key : $"{map.Path}.{key}";

    private int Int(ConfigNode node, string key, int least) => node is ConfigScalar { Value: long number } && number >= least && number <= LargestSize
        ? (int)number
        : throw Wrong(key, node, $"a whole number from {least} to {LargestSize}");

    private ConfigurationException Missing(string key) => new($"{Under(key)}: is missing");

    private ConfigurationException Wrong(string key, ConfigNode? node, string expected)
        => new($"{Under(key)}: {Show(node, (node as ConfigScalar)?.Value)} is not {expected}");

    private static bool Same(object? value, object? supported) => (value, supported) switch
    {
        (long or double, long or double or int) => Convert.ToDouble(value, CultureInfo.InvariantCulture) == Convert.ToDouble(supported, CultureInfo.InvariantCulture),
        _ => Equals(value, supported),
    };

    private static string Show(ConfigNode? node, object? value) => node switch
    {
        ConfigMap => "a map",
        ConfigList list => list.Items.Count > 0 ? "a list" : "[]",
        _ => value switch
        {
            null => "null",
            bool b => b ? "true" : "false",
            string s => $"'{Shorten(s)}'",
            _ when ReferenceEquals(value, Empty) => "[]",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        },
    };

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..117] + "...";
}
