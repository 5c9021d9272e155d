using System.CommandLine;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>The options of a command that stand for settings: flags over settings files over the command's own settings.</summary>
internal class SettingOptionSet
{
    private readonly IReadOnlyList<FlagSection> _sections;
    private readonly HoconConfig? _overlay;
    private readonly List<(SettingFlag Flag, Option Option)> _flags = [];
    private readonly Option<string[]> _config = new("--config") { HelpName = "FILE ...", Description = "Settings files (HOCON) over the defaults; flags override both", AllowMultipleArgumentsPerToken = true };
    private readonly IReadOnlyList<Option> _others;

    /// <param name="sections">The flags.</param>
    /// <param name="overlay">Settings of the command itself, over the defaults.</param>
    /// <param name="others">Options that are no settings.</param>
    public SettingOptionSet(IReadOnlyList<FlagSection> sections, HoconConfig? overlay, params IReadOnlyList<Option> others)
    {
        _sections = sections;
        _overlay = overlay;
        _others = others;
        foreach (var flag in sections.SelectMany(section => section.Flags))
        {
            _flags.Add((flag, flag.ToOption()));
        }
    }

    public void AddTo(Command command)
    {
        foreach (var option in _flags.Select(flag => flag.Option).Append(_config).Concat(_others))
        {
            command.Add(option);
        }
    }

    /// <summary>The layers of settings that the command line gives, from the weakest to the strongest.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="built">What the command itself sets, stronger than files, weaker than flags.</param>
    public IReadOnlyList<HoconConfig> Layers(ParseResult line, Action<SettingOverrides>? built = null)
    {
        var overrides = new SettingOverrides();
        built?.Invoke(overrides);
        foreach (var (flag, option) in _flags)
        {
            flag.Apply(line, option, overrides);
        }

        List<HoconConfig> layers = [];
        if (_overlay is not null)
        {
            layers.Add(_overlay);
        }

        layers.AddRange((line.GetValue(_config) ?? []).Select(file => HoconConfig.Load(file)));
        layers.Add(overrides.ToConfig());
        return layers;
    }

    /// <summary>The options for a help screen, with their defaults.</summary>
    public IEnumerable<HelpSection> Help()
    {
        var defaults = BuiltInSettings.Reference(_ => null);
        if (_overlay is not null)
        {
            defaults = _overlay.WithFallback(defaults);
        }

        foreach (var section in _sections)
        {
            yield return new HelpSection(section.Title, [.. section.Flags.Select(flag => Row(flag, flag.Default(defaults)))]);
        }

        yield return new HelpSection("Everything else",
        [
            RowOf(_config),
            .. _others.Select(RowOf),
            HelpScreens.Help,
        ]);
    }

    private static HelpRow Row(SettingFlag flag, string standard)
    {
        var shown = standard.Length == 0 || (flag.Kind == FlagKind.Switch && standard == "off") ? "" : $" [{standard}]";
        return new HelpRow($"{flag.Name} {flag.Hint}".TrimEnd(), flag.Description + shown);
    }

    private static HelpRow RowOf(Option option) => new(
        string.Join(", ", new[] { option.Name }.Concat(option.Aliases)) + (option.HelpName is null ? "" : " " + option.HelpName), option.Description ?? "");
}
