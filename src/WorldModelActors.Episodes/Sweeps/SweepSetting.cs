using System.Globalization;
using WorldModelActors.Settings;

namespace WorldModelActors.Episodes;

/// <summary>What values of a setting are.</summary>
internal enum SweepSettingKind
{
    /// <summary>Text or one of some words.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>on or off.</summary>
    Switch,

    /// <summary>A file or a folder.</summary>
    Path,
}

/// <summary>What can be varied: a setting of an episode, its frame stride, its prompt.</summary>
/// <param name="Key">Key of the setting, e.g. <c>wma.sampler.ddim-steps</c>.</param>
/// <param name="Name">Its short name, e.g. <c>ddim-steps</c>.</param>
/// <param name="Kind">What its values are.</param>
internal sealed record SweepSetting(string Key, string Name, SweepSettingKind Kind)
{
    private static readonly string[] s_paths = ["wma.model.path", "wma.model.checkpoint", "wma.model.clip-vocab"];

    /// <summary>Recorded steps per step of the model; not among an episode's settings, but part of what it is.</summary>
    public static SweepSetting FrameStride { get; } = new("wma.rollout.frame-stride", "frame-stride", SweepSettingKind.Number);

    /// <summary>The row of the prompt table.</summary>
    public static SweepSetting Episode { get; } = new("wma.rollout.episodes", "episode", SweepSettingKind.Text);

    /// <summary>Seed of all noise.</summary>
    public static SweepSetting Seed => All.First(setting => setting.Key == "wma.rollout.seed");

    /// <summary>Directory or YAML of the model.</summary>
    public static SweepSetting Model => All.First(setting => setting.Key == "wma.model.path");

    /// <summary>Every setting of an episode.</summary>
    public static IReadOnlyList<SweepSetting> All { get; } = ReadAll();

    /// <summary>The setting of a name or a key; null where there is none.</summary>
    public static SweepSetting? Find(string name) =>
        name is "frame-stride" or "wma.rollout.frame-stride" ? FrameStride
        : name is "episode" or "episodes" or "wma.rollout.episodes" ? Episode
        : All.FirstOrDefault(setting => setting.Name == name || setting.Key == name);

    /// <summary>Whether a setting exists in wma but does not belong to an episode, such as a node's batches.</summary>
    public static bool IsForeign(string name) => Foreign.Contains(name) || Foreign.Any(key => key.EndsWith("." + name, StringComparison.Ordinal));

    /// <summary>One text for equal values, so that equal episodes have equal ids: <c>1.0</c> is <c>1</c>, <c>true</c> is <c>on</c>.</summary>
    public string Normalise(string text) => Kind switch
    {
        SweepSettingKind.Switch => text switch { "true" or "yes" => "on", "false" or "no" => "off", _ => text },
        SweepSettingKind.Number when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole.ToString(CultureInfo.InvariantCulture),
        SweepSettingKind.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) =>
            number == 0 ? "0" : number.ToString("R", CultureInfo.InvariantCulture),
        _ => text,
    };

    private static HashSet<string> Foreign { get; } =
        [.. Leaves(BuiltInSettings.Reference(_ => null).GetObject("wma"), "wma").Select(leaf => leaf.Key).Where(key => !EpisodeSpec.Allows(key))];

    private static List<SweepSetting> ReadAll()
    {
        var leaves = Leaves(BuiltInSettings.Reference(_ => null).GetObject("wma"), "wma").Where(leaf => EpisodeSpec.Allows(leaf.Key)).ToList();
        return [.. leaves.Select(leaf => new SweepSetting(leaf.Key, NameOf(leaf.Key), KindOf(leaf.Key, leaf.Value)))];
    }

    private static string NameOf(string key) => key == "wma.model.path" ? "model" : key[(key.LastIndexOf('.') + 1)..];

    private static SweepSettingKind KindOf(string key, HoconValue standard) =>
        s_paths.Contains(key) ? SweepSettingKind.Path
        : key == "wma.model.random-weights" ? SweepSettingKind.Number
        : standard is HoconScalar { Text: "on" or "off" } ? SweepSettingKind.Switch
        : standard is HoconScalar { IsNull: false } scalar && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? SweepSettingKind.Number
        : SweepSettingKind.Text;

    private static IEnumerable<(string Key, HoconValue Value)> Leaves(HoconObject section, string path) => section.Fields.SelectMany(field =>
        field.Value is HoconObject inner ? Leaves(inner, $"{path}.{field.Key}") : [($"{path}.{field.Key}", field.Value)]);
}
