using System.CommandLine;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>What a flag takes.</summary>
internal enum FlagKind
{
    /// <summary>One value.</summary>
    Value,

    /// <summary>One value or several.</summary>
    List,

    /// <summary>Nothing, or on/off.</summary>
    Switch,
}

/// <summary>A flag that overrides a setting.</summary>
/// <param name="Name">E.g. <c>--ddim-steps</c>.</param>
/// <param name="Setting">Key of the setting, e.g. <c>wma.sampler.ddim-steps</c>.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Hint">How help calls the value.</param>
/// <param name="Description">What it does.</param>
internal sealed record SettingFlag(string Name, string Setting, FlagKind Kind, string Hint, string Description)
{
    /// <summary>Another spelling.</summary>
    public string? Alias { get; init; }

    /// <summary>The default as help shows it, where a command does not take the setting's.</summary>
    public string? OwnDefault { get; init; }

    /// <summary>The option for the parser. Values stay text: the settings check them, and say what they would take.</summary>
    public Option ToOption()
    {
        string[] aliases = Alias is null ? [] : [Alias];
        return Kind switch
        {
            FlagKind.Switch => new Option<bool?>(Name, aliases) { Description = Description },
            FlagKind.List => new Option<string[]>(Name, aliases) { Description = Description, HelpName = Hint, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore },
            // Given twice, the last one counts, so that a script can put "$@" behind its own flags.
            _ => new Option<string[]>(Name, aliases) { Description = Description, HelpName = Hint, Arity = ArgumentArity.OneOrMore },
        };
    }

    /// <summary>Takes over what was given on the command line.</summary>
    public void Apply(ParseResult line, Option option, SettingOverrides overrides)
    {
        if (line.GetResult(option) is not { Implicit: false } given)
        {
            return;
        }

        switch (Kind)
        {
            case FlagKind.Switch:
                overrides.Set(Setting, Name, given.GetValueOrDefault<bool?>() ?? true);
                break;
            case FlagKind.List:
                overrides.SetList(Setting, Name, given.GetValueOrDefault<string[]>());
                break;
            default:
                overrides.Set(Setting, Name, given.GetValueOrDefault<string[]>()?[^1]);
                break;
        }
    }

    /// <summary>The default as help shows it; empty where there is none.</summary>
    public string Default(HoconConfig settings) => OwnDefault is not null ? OwnDefault
        : !settings.Has(Setting) ? ""
        : settings.GetValue(Setting) is HoconArray ? string.Join(' ', settings.GetStringList(Setting)) : settings.GetString(Setting);
}
