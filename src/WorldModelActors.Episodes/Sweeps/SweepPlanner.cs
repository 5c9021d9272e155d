using System.Globalization;
using System.Text.Json.Nodes;
using WorldModelActors.Media;
using WorldModelActors.Settings;

namespace WorldModelActors.Episodes;

/// <summary>
/// Makes the episodes of a sweep. Each holds every setting that decides its frames, so that a later change of a default changes no old plan.
/// The same episodes have the same ids, whatever the order and the spelling in the file.
/// </summary>
public sealed class SweepPlanner
{
    /// <summary>Kinds of files that a model consists of: configuration, sizes, weights, vocabulary.</summary>
    private static readonly string[] s_modelFiles = [".yaml", ".yml", ".json", ".safetensors", ".ckpt", ".pt", ".gz"];

    private readonly SweepFile _file;
    private readonly HoconConfig _below;
    private readonly WmaSettings _settings;
    private readonly Dictionary<string, string> _base;
    private readonly SweepGrid _grid;
    private readonly Dictionary<string, Dictionary<string, string>> _shortPaths = [];
    private readonly Func<string, string?>? _environment;

    private SweepPlanner(SweepFile file, IReadOnlyList<HoconConfig> layers, Func<string, string?>? environment)
    {
        (_file, _environment) = (file, environment);
        var reference = BuiltInSettings.Reference(environment);
        var below = layers.Aggregate(reference, (under, layer) => layer.RequireKnownKeys(reference).WithFallback(under));
        var given = new SettingOverrides()
            .Set("wma.rollout.prompts", file.Prompts?.Place ?? "", file.Prompts?.Text)
            .Set("wma.rollout.dataset", file.Dataset?.Place ?? "", file.Dataset?.Text);
        _below = Over(given, file.Fixed).ToConfig().WithFallback(below);
        _settings = Bind(_below);
        RequireResumable(_settings, file.Fixed.Values);
        _base = SweepSetting.All
            .Select(setting => (setting.Key, Text: _below.GetStringOrNull(setting.Key) is { } text ? setting.Kind == SweepSettingKind.Path ? Path.GetFullPath(text) : setting.Normalise(text) : null))
            .Where(pair => pair.Text is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Text!, StringComparer.Ordinal);
        _grid = new SweepGrid(file, WithFrameStrides(), StandardOf);
    }

    /// <summary>Plans a sweep.</summary>
    /// <param name="file">What it varies.</param>
    /// <param name="layers">Settings for what the file leaves open, from the weakest to the strongest: settings files, flags.</param>
    /// <param name="environment">Where substitutions look last; by default the process environment.</param>
    /// <exception cref="SweepException">It cannot be run like this.</exception>
    /// <exception cref="HoconException">The layers are wrong.</exception>
    public static PlannedSweep Plan(SweepFile file, IReadOnlyList<HoconConfig> layers, Func<string, string?>? environment = null) =>
        new SweepPlanner(file, layers, environment).Plan();

    private PlannedSweep Plan()
    {
        Check(_file.Grid.SelectMany(axis => axis.Values.Select(value => (axis.Setting, value)))
            .Concat(_file.Include.SelectMany(point => point.Values.Select(pair => (pair.Key, pair.Value)))));
        var prompts = OpenPrompts();
        var (points, episodes) = Expand(prompts);
        CheckModels(points);
        foreach (var (setting, i) in _grid.Axes.Select((setting, i) => (setting, i)).Where(axis => axis.setting.Kind == SweepSettingKind.Path))
        {
            _shortPaths.Add(setting.Key, ShortPaths(points.Select(point => point[i]).OfType<string>().Distinct(StringComparer.Ordinal)));
        }

        var count = (long)episodes.Count * _file.Repeats;
        if (count > SweepGrid.MostEpisodes)
        {
            throw SweepGrid.TooMany(_file);
        }

        var list = new LazyList<PlannedEpisode>((int)count, index =>
        {
            var (point, row) = episodes[index % episodes.Count];
            return Episode(prompts.Root, points[point], row, index / episodes.Count);
        });
        var axes = _grid.Axes.Where(setting => setting != SweepSetting.Episode).ToList();
        return new PlannedSweep(
            new SweepPlan(_file.Name, Spec(list, points, axes)), list, [.. axes.Select(axis => (axis.Name, ValuesOf(points, axis).Count))])
        {
            Examples = episodes.DistinctBy(episode => episode.Point).Select(episode => EpisodeSpec.FromJson(Episode(prompts.Root, points[episode.Point], episode.Row, 0).Spec)),
        };
    }

    /// <summary>Several frame strides in the settings are an axis like any other.</summary>
    private IReadOnlyList<SweepAxis> WithFrameStrides()
    {
        var strides = _settings.Rollout.FrameStride.Distinct().ToList();
        return strides.Count == 1 || _file.Grid.Any(axis => axis.Setting == SweepSetting.FrameStride)
            ? _file.Grid
            : [.. _file.Grid, new SweepAxis(SweepSetting.FrameStride, [.. strides.Select(stride => new SweepValue(stride.ToString(CultureInfo.InvariantCulture), "--frame-stride"))])];
    }

    private string? StandardOf(SweepSetting setting) =>
        setting == SweepSetting.FrameStride ? _settings.Rollout.FrameStride[0].ToString(CultureInfo.InvariantCulture)
        : setting == SweepSetting.Episode ? null
        : _base.GetValueOrDefault(setting.Key);

    private SweepPrompts OpenPrompts()
    {
        var root = _settings.Rollout.Prompts ?? throw new SweepException($"{_file.Source}: no prompts: name them with 'prompts: DIR', or give --prompts DIR");
        var named = _grid.Axes.Contains(SweepSetting.Episode)
            ? [] // Points that name none take what is selected here, so it must hold what the others name.
            : _file.Episodes.Count > 0 ? [.. _file.Episodes.Select(episode => episode.Text)] : _settings.Rollout.Episodes;
        var dataset = _settings.Rollout.Dataset is { } name ? new SweepValue(name, _file.Dataset?.Place ?? "--dataset") : null;
        return SweepPrompts.Open(
            new SweepValue(Path.GetFullPath(root), _file.Prompts?.Place ?? "--prompts"), dataset, (named, _file.Episodes.Count > 0 ? _file.Episodes[0].Place : "--episode"),
            _file.Prompts is null ? null : _file.Roots);
    }

    /// <summary>Every point, and which rows of the prompts it runs.</summary>
    private (List<string?[]> Points, List<(int Point, PromptRow Row)> Episodes) Expand(SweepPrompts prompts)
    {
        var points = new List<string?[]>();
        var episodes = new List<(int, PromptRow)>();
        var seen = new HashSet<(string, PromptRow)>();
        var used = new bool[_file.Exclude.Count];
        RequireAxes(_file.Exclude, "excluded");
        foreach (var (point, included) in _grid.Product().Select(point => (point, false)).Concat(_grid.Included().Select(point => (point, true))))
        {
            var name = _grid.ValueOf(point, SweepSetting.Episode);
            var rows = prompts.RowsOf(name);
            if (rows.Count == 0)
            {
                throw new SweepException($"{PlaceOf(SweepSetting.Episode, name!)}: no episode '{name}' in {prompts.Root}");
            }

            // What a point is, without the name that led to its rows.
            var key = string.Join('\u0001', point.Where((_, i) => _grid.Axes[i] != SweepSetting.Episode).Select(value => value ?? "\u0002"));
            foreach (var row in rows)
            {
                var isExcluded = false;
                for (var i = 0; !included && i < used.Length; i++)
                {
                    if (_file.Exclude[i].Values.All(pair => pair.Key == SweepSetting.Episode ? SweepPrompts.Is(row, pair.Value.Text) : _grid.ValueOf(point, pair.Key) == pair.Value.Text))
                    {
                        isExcluded = used[i] = true;
                    }
                }

                // A point that is there already adds nothing.
                if (!isExcluded && seen.Add((key, row)))
                {
                    episodes.Add((points.Count, row));
                }

                if (episodes.Count > SweepGrid.MostEpisodes)
                {
                    throw SweepGrid.TooMany(_file);
                }
            }

            points.Add(point);
        }

        if (Array.IndexOf(used, false) is >= 0 and var idle)
        {
            throw new SweepException($"{_file.Exclude[idle].Place}: this point excludes nothing; check its values against the grid");
        }

        // Points that have lost all their rows would otherwise show up among the values of the axes.
        var kept = episodes.Select(episode => episode.Item1).Distinct().Select((point, i) => (point, i)).ToDictionary(pair => pair.point, pair => pair.i);
        return episodes.Count > 0
            ? ([.. kept.Keys.Select(point => points[point])], [.. episodes.Select(episode => (kept[episode.Item1], episode.Item2))])
            : throw new SweepException($"{_file.Source}: nothing is left: every point is excluded");
    }

    private string PlaceOf(SweepSetting setting, string value) => _file.Grid.Where(axis => axis.Setting == setting).SelectMany(axis => axis.Values)
        .Concat(_file.Include.SelectMany(point => point.Values.Where(pair => pair.Key == setting).Select(pair => pair.Value)))
        .Append(_file.Fixed.GetValueOrDefault(setting))
        .FirstOrDefault(item => item?.Text == value)?.Place ?? _file.Source;

    private void RequireAxes(IEnumerable<SweepSelector> selectors, string what)
    {
        foreach (var (setting, value) in selectors.SelectMany(selector => selector.Values))
        {
            if (!_grid.Axes.Contains(setting) && setting != SweepSetting.Episode)
            {
                throw new SweepException($"{value.Place}: only what the grid or an included point varies can be {what}{(_grid.Axes.Count > 0 ? $": {string.Join(", ", _grid.Axes.Select(axis => axis.Name))}" : "")}");
            }
        }
    }

    /// <summary>Binds the settings with each value once: their own words say what is wrong with it.</summary>
    private void Check(IEnumerable<(SweepSetting Setting, SweepValue Value)> values)
    {
        foreach (var (setting, value) in values.Where(pair => pair.Setting != SweepSetting.Episode && !pair.Setting.Key.StartsWith("wma.model.", StringComparison.Ordinal)).DistinctBy(pair => (pair.Setting, pair.Value.Text)))
        {
            var overlay = Over(new SettingOverrides(), [KeyValuePair.Create(setting, value)]).ToConfig();
            RequireResumable(Bind(overlay.WithFallback(_below)), [value]);
        }
    }

    /// <summary>Binds each combination of what names a model (some exclude each other), and looks whether the files are there.</summary>
    private void CheckModels(IEnumerable<string?[]> points)
    {
        SweepSetting[] names = [.. SweepSetting.All.Where(setting => setting.Key.StartsWith("wma.model.", StringComparison.Ordinal))];
        foreach (var values in points.Select(point => names.Select(name => _grid.ValueOf(point, name)).ToArray()).DistinctBy(values => string.Join('\u0001', values)))
        {
            var overlay = new SettingOverrides();
            for (var i = 0; i < names.Length; i++)
            {
                overlay.Set(names[i].Key, values[i] is { } value ? PlaceOf(names[i], value) : "", values[i]);
            }

            var model = Bind(overlay.ToConfig().WithFallback(_below)).Model;
            _ = model.Path ?? throw new SweepException($"{_file.Source}: no model: name it with 'model: DIR', or give --model DIR|YAML");
            foreach (var (setting, value) in names.Zip(values).Where(pair => pair.First.Kind == SweepSettingKind.Path && pair.Second is not null))
            {
                RequireFiles(value!, PlaceOf(setting, value!), setting);
            }
        }
    }

    private void RequireFiles(string path, string place, SweepSetting setting)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new SweepException($"{place}: {setting.Name}: no such file: {path}");
        }

        // What the user named on the command line may lie anywhere; what the file named may not, nor what is read beside it.
        if (_file.Roots is { } roots && place != _file.Source && setting == SweepSetting.Model)
        {
            foreach (var entry in Directory.EnumerateFiles(Directory.Exists(path) ? path : Path.GetDirectoryName(path)!).Where(entry => s_modelFiles.Contains(Path.GetExtension(entry))))
            {
                roots.Require(entry, entry, place);
            }
        }
    }

    private static SettingOverrides Over(SettingOverrides overrides, IEnumerable<KeyValuePair<SweepSetting, SweepValue>> values)
    {
        foreach (var (setting, value) in values)
        {
            _ = setting == SweepSetting.FrameStride
                ? overrides.SetList(setting.Key, value.Place, [value.Text])
                : overrides.Set(setting.Key, value.Place, value.Text);
        }

        return overrides;
    }

    private WmaSettings Bind(HoconConfig config)
    {
        try
        {
            return WmaSettings.Bind(config.WithEnvironment(_environment));
        }
        catch (HoconException cause)
        {
            throw new SweepException(cause.Message, cause);
        }
    }

    /// <summary>An episode of the store goes on anywhere and at any time from its last iteration.</summary>
    private static void RequireResumable(WmaSettings settings, IEnumerable<SweepValue> given)
    {
        if (settings.Sampler.Noise == NoiseChoice.Torch)
        {
            throw new SweepException($"{given.FirstOrDefault(value => value.Text == "torch")?.Place ?? "--noise torch"}: noise = torch draws in the order of one run and cannot be resumed; use philox");
        }

        if (settings.Rollout.DecodePolicyVideo)
        {
            throw new SweepException("--decode-policy-video: the policy's video cannot be resumed; use wma rollout for it");
        }
    }

    private PlannedEpisode Episode(string prompts, string?[] point, PromptRow row, int repeat)
    {
        var settings = new Dictionary<string, string>(_base, StringComparer.Ordinal);
        var variant = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < point.Length; i++)
        {
            var setting = _grid.Axes[i];
            if (setting == SweepSetting.Episode)
            {
                continue;
            }

            variant.Add(setting.Name, Show(setting, point[i]));
            if (setting != SweepSetting.FrameStride && point[i] is { } value)
            {
                settings[setting.Key] = value;
            }
        }

        var spec = new EpisodeSpec
        {
            Prompts = prompts,
            Dataset = row.Dataset,
            VideoId = row.VideoId,
            FrameStride = int.Parse(_grid.ValueOf(point, SweepSetting.FrameStride)!, CultureInfo.InvariantCulture),
            Repeat = repeat,
            Settings = settings,
            Variant = variant,
        };
        var name = string.Join(' ', [spec.NoiseName, .. variant.Select(pair => $"{pair.Key}={pair.Value}")]);
        return new PlannedEpisode(name, spec.ToJson(), int.Parse(settings["wma.rollout.iterations"], CultureInfo.InvariantCulture)) { Priority = _file.Priority, Bytes = _file.Bytes };
    }

    /// <summary>What the sweep is: a digest of its episodes, so that the way it is written does not matter; and what reports need.</summary>
    private JsonObject Spec(LazyList<PlannedEpisode> episodes, List<string?[]> points, List<SweepSetting> axes)
    {
        var digests = Enumerable.Range(0, episodes.Count).AsParallel().Select(i => CanonicalJson.Digest(episodes[i].Spec)).ToArray();
        Array.Sort(digests, StringComparer.Ordinal);
        var spec = new JsonObject
        {
            ["format"] = 1,
            ["episodes"] = episodes.Count,
            ["digest"] = CanonicalJson.Digest(string.Join('\n', digests)),
            ["axes"] = new JsonObject(axes.Select(axis => KeyValuePair.Create(axis.Name, (JsonNode?)new JsonArray([.. ValuesOf(points, axis).Order(StringComparer.Ordinal).Select(value => (JsonNode?)value)])))),
        };
        if (ReferenceOf(points) is { } reference)
        {
            spec["reference"] = reference;
        }

        return spec;
    }

    private JsonObject? ReferenceOf(List<string?[]> points)
    {
        if (_file.Reference is not { } reference)
        {
            return null;
        }

        RequireAxes([reference], "the reference");
        foreach (var (setting, value) in reference.Values.Where(pair => pair.Key == SweepSetting.Episode || pair.Key == SweepSetting.FrameStride || pair.Key == SweepSetting.Seed))
        {
            throw new SweepException($"{value.Place}: the reference has the {setting.Name} of what is compared with it; leave it out");
        }

        return points.Any(point => reference.Values.All(pair => _grid.ValueOf(point, pair.Key) == pair.Value.Text))
            ? [.. reference.Values.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key.Name, (JsonNode?)Show(pair.Key, pair.Value.Text)))]
            : throw new SweepException($"{reference.Place}: no point of the sweep has these values");
    }

    private List<string> ValuesOf(IEnumerable<string?[]> points, SweepSetting axis) =>
        [.. points.Select(point => Show(axis, _grid.ValueOf(point, axis))).Distinct(StringComparer.Ordinal)];

    /// <summary>A value in tables: of paths the last part where that is enough.</summary>
    private string Show(SweepSetting setting, string? value) => value is null ? "none"
        : _shortPaths.TryGetValue(setting.Key, out var names) && names.TryGetValue(value, out var name) ? name : value;

    private static Dictionary<string, string> ShortPaths(IEnumerable<string> paths) => paths
        .GroupBy(path => Path.GetFileName(path), StringComparer.Ordinal)
        .SelectMany(group => group.Count() == 1 ? [(group.First(), group.Key)] : group.Select(path => (path, path)))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);
}
