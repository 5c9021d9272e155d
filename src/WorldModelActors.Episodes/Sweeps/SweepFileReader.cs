using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Settings;

namespace WorldModelActors.Episodes;

/// <summary>Reads a sweep file strictly: what it does not know it refuses, by name and line.</summary>
internal sealed partial class SweepFileReader
{
    private static readonly string[] s_keys =
        ["name", "model", "prompts", "dataset", "episodes", "settings", "grid", "include", "exclude", "repeats", "priority", "bytes", "reference"];

    private readonly string _text;
    private readonly string _source;
    private readonly string _folder;
    private readonly SweepRoots _roots;

    public SweepFileReader(string text, string path, IReadOnlyList<string> roots)
    {
        _text = text;
        _source = path;
        _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        _roots = new SweepRoots([_folder, .. roots]);
    }

    public static string RequireName(string name, string place) => Name().IsMatch(name)
        ? name
        : throw new SweepException($"{place}: a sweep's name has 1 to 64 letters, digits, '.', '_' or '-'");

    public SweepFile Read()
    {
        var root = YamlTree.Parse(_text, _source);
        var values = new Dictionary<string, YamlValue>(StringComparer.Ordinal);
        foreach (var (key, value) in root.Entries)
        {
            values.Add(s_keys.Contains(key.Text) ? key.Text : throw Unknown(key), value);
        }

        var settings = values.TryGetValue("settings", out var given) ? Selector(given, "settings").Values : new Dictionary<SweepSetting, SweepValue>();
        if (settings.FirstOrDefault(pair => pair.Key == SweepSetting.Episode) is { Value: { } misplaced })
        {
            throw new SweepException($"{misplaced.Place}: choose prompts with 'episodes:' on the first level, or with 'episode' in the grid");
        }

        if (values.TryGetValue("model", out var model))
        {
            settings = Add(settings, SweepSetting.Model, Value(SweepSetting.Model, model, "model"));
        }

        var grid = values.TryGetValue("grid", out var lists) ? Grid(lists) : [];
        var file = new SweepFile
        {
            Name = values.TryGetValue("name", out var name) ? RequireName(Text(name, "name"), Place(name.Line, "name")) : throw new SweepException($"{_source}: 'name:' is missing; give the sweep a name"),
            Source = _source,
            Roots = _roots,
            Prompts = values.TryGetValue("prompts", out var prompts) ? new SweepValue(_roots.Resolve(Text(prompts, "prompts"), _folder, Place(prompts.Line, "prompts")), Place(prompts.Line, "prompts")) : null,
            Dataset = values.TryGetValue("dataset", out var dataset) ? new SweepValue(Text(dataset, "dataset"), Place(dataset.Line, "dataset")) : null,
            Episodes = values.TryGetValue("episodes", out var episodes) ? Values(SweepSetting.Episode, episodes, "episodes") : [],
            Fixed = settings,
            Grid = grid,
            Include = values.TryGetValue("include", out var include) ? Selectors(include, "include") : [],
            Exclude = values.TryGetValue("exclude", out var exclude) ? Selectors(exclude, "exclude") : [],
            Repeats = values.TryGetValue("repeats", out var repeats) ? Integer(repeats, "repeats", 1, SweepGrid.MostEpisodes) : 1,
            Priority = values.TryGetValue("priority", out var priority) ? Integer(priority, "priority", -1_000_000, 1_000_000) : 0,
            Bytes = values.TryGetValue("bytes", out var bytes) ? Size(bytes) : 0,
            Reference = values.TryGetValue("reference", out var reference) ? Selector(reference, "reference") : null,
        };
        return file.Episodes.Count > 0 && grid.FirstOrDefault(axis => axis.Setting == SweepSetting.Episode) is { } twice
            ? throw new SweepException($"{twice.Values[0].Place}: the file also has 'episodes:'; use one of the two")
            : file;
    }

    private List<SweepAxis> Grid(YamlValue value)
    {
        var axes = new List<SweepAxis>();
        foreach (var (key, items) in Map(value, "grid").Entries)
        {
            var setting = Setting(key);
            if (axes.Any(axis => axis.Setting == setting))
            {
                throw Fault(key.Line, key.Text, $"'{setting.Name}' is in the grid already");
            }

            axes.Add(new SweepAxis(setting, Values(setting, items, key.Text)));
        }

        return axes;
    }

    private List<SweepSelector> Selectors(YamlValue value, string key) => value is YamlList list
        ? [.. list.Items.Select(item => Selector(item, key))]
        : throw Fault(value.Line, key, "expected a list of points, such as [{ddim-steps: 8, ddim-eta: 1}]");

    private SweepSelector Selector(YamlValue value, string key)
    {
        IReadOnlyDictionary<SweepSetting, SweepValue> values = new Dictionary<SweepSetting, SweepValue>();
        foreach (var (name, item) in Map(value, key).Entries)
        {
            var setting = Setting(name);
            values = Add(values, setting, Value(setting, item, name.Text));
        }

        return values.Count > 0 || key == "settings" ? new SweepSelector(values, Place(value.Line, key)) : throw Fault(value.Line, key, "names nothing");
    }

    private static Dictionary<SweepSetting, SweepValue> Add(IReadOnlyDictionary<SweepSetting, SweepValue> values, SweepSetting setting, SweepValue value)
    {
        var all = new Dictionary<SweepSetting, SweepValue>(values);
        return all.TryAdd(setting, value) ? all : throw new SweepException($"{value.Place}: '{setting.Name}' is given twice; {all[setting].Place} has it too");
    }

    private List<SweepValue> Values(SweepSetting setting, YamlValue value, string key)
    {
        if (value is not YamlList { Items.Count: > 0 } list)
        {
            throw Fault(value.Line, key, "expected a list, such as [1, 2]");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var values = list.Items.Select(item => Value(setting, item, key)).ToList();
        return values.FirstOrDefault(item => !seen.Add(item.Text)) is { } twice ? throw new SweepException($"{twice.Place}: the list has '{twice.Text}' twice") : values;
    }

    private SweepValue Value(SweepSetting setting, YamlValue value, string key)
    {
        var text = Text(value, key);
        var place = Place(value.Line, key);
        return new SweepValue(setting.Kind == SweepSettingKind.Path ? _roots.Resolve(text, _folder, place) : setting.Normalise(text), place);
    }

    private SweepSetting Setting(YamlText key) => SweepSetting.Find(key.Text) ?? (SweepSetting.IsForeign(key.Text)
        ? throw Fault(key.Line, key.Text, "this setting does not belong to an episode, so a sweep cannot hold it; give it to wma node")
        : throw Fault(key.Line, key.Text, $"no such setting of an episode{Meant(key.Text, SweepSetting.All.Select(setting => setting.Name).Append("frame-stride").Append("episode"))}"));

    private SweepException Unknown(YamlText key) => SweepSetting.Find(key.Text) is not null
        ? Fault(key.Line, key.Text, "no such key here: it belongs below 'settings:' or 'grid:'")
        : Fault(key.Line, key.Text, $"no such key{Meant(key.Text, s_keys)}");

    private static string Meant(string name, IEnumerable<string> names)
    {
        var known = names.ToList();
        return (NearestName.Of(name, known) is { } near ? $": did you mean '{near}'?" : "") + $" (known: {string.Join(", ", known)})";
    }

    private int Integer(YamlValue value, string key, int min, int max) =>
        int.TryParse(Text(value, key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw Fault(value.Line, key, string.Create(CultureInfo.InvariantCulture, $"expected an integer from {min} to {max}"));

    private long Size(YamlValue value) => SweepFile.TryParseBytes(Text(value, "bytes"), out var bytes)
        ? bytes
        : throw Fault(value.Line, "bytes", "expected a size, such as 512MiB or 6GiB");

    private YamlMap Map(YamlValue value, string key) => value as YamlMap ?? throw Fault(value.Line, key, "expected 'name: value' pairs");

    private string Text(YamlValue value, string key) => value is YamlText { Text.Length: > 0 } text ? text.Text : throw Fault(value.Line, key, "expected a value");

    private SweepException Fault(int line, string key, string fault) => new($"{Place(line, key)}: {fault}");

    private string Place(int line, string key) => string.Create(CultureInfo.InvariantCulture, $"{_source}:{line}: {key}");

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}$")]
    private static partial Regex Name();
}
