using System.Globalization;

namespace WorldModelActors.Settings;

/// <summary>
/// Settings in HOCON (a subset, see <see cref="Parse"/>), read by key path. Values are looked up in this configuration and then in its
/// fall-backs; substitutions are replaced after all of them are put together, on first use. Immutable and thread-safe.
/// </summary>
/// <remarks>Every error is a <see cref="HoconException"/> of one line with key, fault and place.</remarks>
public sealed class HoconConfig
{
    private readonly ObjectSyntax _syntax;
    private readonly Func<string, string?> _environment;
    private readonly Lazy<HoconObject> _root;

    private HoconConfig(ObjectSyntax syntax, Func<string, string?>? environment)
    {
        _syntax = syntax;
        _environment = environment ?? Environment.GetEnvironmentVariable;
        _root = new Lazy<HoconObject>(() => new HoconResolver(_syntax, _environment).Resolve());
    }

    /// <summary>Nothing set.</summary>
    public static HoconConfig Empty { get; } = new(new ObjectSyntax(default), null);

    /// <summary>All values after substitution.</summary>
    public HoconObject Root => _root.Value;

    /// <summary>Reads a file and those that it includes.</summary>
    /// <param name="path">The file; errors name it like this.</param>
    /// <param name="environment">Where substitutions look last; by default the process environment.</param>
    public static HoconConfig Load(string path, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new HoconConfig(new HoconFiles().Parse(path, [], isRequired: true, null)!, environment);
    }

    /// <summary>
    /// Reads text: objects, nested and dotted keys, arrays, merging, <c>+=</c>, concatenation, <c>${a.b}</c>, <c>${?a.b}</c>, comments
    /// (<c>#</c>, <c>//</c>), quoted and triple-quoted texts; in files also <c>include "f"</c> and <c>include required(file("f"))</c>.
    /// </summary>
    /// <param name="text">The settings.</param>
    /// <param name="origin">What errors call the text.</param>
    /// <param name="environment">Where substitutions look last; by default the process environment.</param>
    public static HoconConfig Parse(string text, string origin, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(origin);
        if (text.Length > HoconLimits.FileLength)
        {
            throw new HoconException(
                string.Create(CultureInfo.InvariantCulture, $"the settings are longer than {HoconLimits.FileLength} characters"),
                HoconOrigin.Of(origin));
        }

        return new HoconConfig(new HoconParser(text, origin, null, [], new HoconFiles()).Parse(), environment);
    }

    /// <summary>Values that were not read from HOCON: command-line flags. Errors name the flag.</summary>
    internal static HoconConfig FromSyntax(ObjectSyntax syntax) => new(syntax, null);

    /// <summary>This configuration over another one: keys that are not set here are taken from there, objects are merged.</summary>
    public HoconConfig WithFallback(HoconConfig fallback)
    {
        ArgumentNullException.ThrowIfNull(fallback);
        var merged = new ObjectSyntax(_syntax.Origin);
        merged.MergeNewer(fallback._syntax);
        merged.MergeNewer(_syntax);
        return new HoconConfig(merged, _environment);
    }

    /// <summary>The same settings with another environment for substitutions; null: that of the process.</summary>
    public HoconConfig WithEnvironment(Func<string, string?>? environment) => new(_syntax, environment);

    /// <summary>Replaces all substitutions now, so that later reading cannot fail because of them.</summary>
    public HoconConfig Resolve()
    {
        _ = Root;
        return this;
    }

    /// <summary>The keys of this configuration that <paramref name="reference"/> does not document, with what was probably meant.</summary>
    /// <remarks>Compares the keys as written, so call it before adding fall-backs. An empty object in the reference allows any keys in it.</remarks>
    public IReadOnlyList<UnknownKey> UnknownKeys(HoconConfig reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return [.. new KnownKeys(reference._syntax).UnknownIn(_syntax)];
    }

    /// <summary>Refuses a configuration with a key that <paramref name="reference"/> does not document.</summary>
    public HoconConfig RequireKnownKeys(HoconConfig reference) =>
        UnknownKeys(reference) is [var first, ..] ? throw first.ToException() : this;

    /// <summary>True if the key is set to something other than null.</summary>
    public bool Has(string path) => Find(path) is not (null or HoconScalar { IsNull: true });

    /// <summary>Any value.</summary>
    public HoconValue GetValue(string path) =>
        Find(path) switch
        {
            null => throw new HoconException("not set", null, path),
            HoconScalar { IsNull: true } unset => throw new HoconException("not set", unset.Origin, path),
            var value => value,
        };

    /// <summary>An object.</summary>
    public HoconObject GetObject(string path) => GetValue(path) is var value && value is HoconObject it ? it : throw Wrong(path, "an object", value);

    /// <summary>A text; numbers and booleans are texts too.</summary>
    public string GetString(string path) => GetText(path, "a text").Text;

    /// <summary>A text, or null if the key is not set.</summary>
    public string? GetStringOrNull(string path) => Has(path) ? GetString(path) : null;

    /// <summary>A whole number within bounds.</summary>
    public int GetInt(string path, int min = int.MinValue, int max = int.MaxValue) => (int)GetLong(path, min, max);

    /// <summary>A whole number within bounds.</summary>
    public long GetLong(string path, long min = long.MinValue, long max = long.MaxValue) =>
        ToLong(path, GetText(path, "an integer"), min, max);

    /// <summary>A finite number within bounds.</summary>
    public double GetDouble(string path, double min = double.MinValue, double max = double.MaxValue)
    {
        var scalar = GetText(path, "a number");
        if (!double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            throw Wrong(path, "a number", scalar);
        }

        return value >= min && value <= max ? value : throw Wrong(path, Bounds("a number", min, max, double.MinValue, double.MaxValue), scalar);
    }

    /// <summary>true, on, yes or false, off, no.</summary>
    public bool GetBool(string path)
    {
        var scalar = GetText(path, "on or off");
        return scalar.Text switch
        {
            "true" or "on" or "yes" => true,
            "false" or "off" or "no" => false,
            _ => throw Wrong(path, "on or off", scalar),
        };
    }

    /// <summary>A duration such as <c>5s</c>, <c>200ms</c>, <c>2 minutes</c>; a bare number is milliseconds. Never negative.</summary>
    public TimeSpan GetDuration(string path, TimeSpan? min = null, TimeSpan? max = null)
    {
        const string expected = "a duration such as 200ms, 5s or 2 minutes";
        var scalar = GetText(path, expected);
        if (!HoconUnits.TryParseDuration(scalar.Text, out var duration))
        {
            throw Wrong(path, expected, scalar);
        }

        if (duration < min || duration > max)
        {
            throw Wrong(path, Bounds("a duration", min ?? TimeSpan.Zero, max ?? TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.MaxValue), scalar);
        }

        return duration;
    }

    /// <summary>A size in bytes such as <c>512MiB</c>, <c>16k</c> (1024 each) or <c>2GB</c> (1000 each); a bare number is bytes.</summary>
    public long GetSize(string path, long min = 0, long max = long.MaxValue)
    {
        const string expected = "a size such as 16k, 512MiB or 2GB";
        var scalar = GetText(path, expected);
        if (!HoconUnits.TryParseSize(scalar.Text, out var bytes))
        {
            throw Wrong(path, expected, scalar);
        }

        return bytes >= min && bytes <= max ? bytes : throw Wrong(path, Bounds("a size", min, max, 0, long.MaxValue), scalar);
    }

    /// <summary>One of a fixed set of words.</summary>
    public T GetChoice<T>(string path, IReadOnlyDictionary<string, T> choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        var expected = $"one of {string.Join(", ", choices.Keys)}";
        var scalar = GetText(path, expected);
        return choices.TryGetValue(scalar.Text, out var choice) ? choice : throw Wrong(path, expected, scalar);
    }

    /// <summary>An array.</summary>
    public IReadOnlyList<HoconValue> GetList(string path) =>
        GetValue(path) is var value && value is HoconArray array ? array.Items : throw Wrong(path, "an array such as [1, 2]", value);

    /// <summary>An array of texts.</summary>
    public IReadOnlyList<string> GetStringList(string path) =>
        [.. GetList(path).Select((item, i) => ToText(ItemPath(path, i), "a text", item).Text)];

    /// <summary>An array of whole numbers within bounds.</summary>
    public IReadOnlyList<int> GetIntList(string path, int min = int.MinValue, int max = int.MaxValue) =>
        [.. GetList(path).Select((item, i) => (int)ToLong(ItemPath(path, i), ToText(ItemPath(path, i), "an integer", item), min, max))];

    /// <summary>Where a key is set, for messages about it.</summary>
    public HoconOrigin OriginOf(string path) => GetValue(path).Origin;

    /// <summary>An error about the value of a key, for checks that this class does not know.</summary>
    public HoconException Wrong(string path, string expected) => Wrong(path, expected, GetValue(path));

    private static HoconException Wrong(string path, string expected, HoconValue found) =>
        new($"expected {expected}, found {found.Describe()}", found.Origin, path);

    private static string ItemPath(string path, int i) => string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");

    private static long ToLong(string path, HoconScalar scalar, long min, long max)
    {
        if (!long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw Wrong(path, "an integer", scalar);
        }

        return value >= min && value <= max ? value : throw Wrong(path, Bounds("an integer", min, max, int.MinValue, int.MaxValue), scalar);
    }

    private static HoconScalar ToText(string path, string expected, HoconValue value) =>
        value as HoconScalar is { IsNull: false } scalar ? scalar : throw Wrong(path, expected, value);

    private static string Bounds<T>(string what, T min, T max, T lowest, T highest)
        where T : IComparable<T> =>
        (min.CompareTo(lowest) > 0, max.CompareTo(highest) < 0) switch
        {
            (true, true) => string.Create(CultureInfo.InvariantCulture, $"{what} from {min} to {max}"),
            (true, false) => string.Create(CultureInfo.InvariantCulture, $"{what} not below {min}"),
            (false, true) => string.Create(CultureInfo.InvariantCulture, $"{what} not above {max}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{what} from {min} to {max}"),
        };

    private HoconScalar GetText(string path, string expected) => ToText(path, expected, GetValue(path));

    private HoconValue? Find(string path)
    {
        HoconValue? value = Root;
        foreach (var key in HoconPath.Parse(path))
        {
            value = value is HoconObject it ? it.Fields.GetValueOrDefault(key) : null;
        }

        return value;
    }
}
