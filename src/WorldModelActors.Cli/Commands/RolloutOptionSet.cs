using System.CommandLine;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>The options of a command that runs episodes: flags over settings, and how the run is shown.</summary>
internal sealed class RolloutOptionSet : SettingOptionSet
{
    private readonly Option<bool> _overwrite;
    private readonly Option<bool> _quiet;
    private readonly Option<bool> _json;

    /// <param name="sections">The flags.</param>
    /// <param name="overlay">Settings of the command itself, over the defaults.</param>
    public RolloutOptionSet(IReadOnlyList<FlagSection> sections, HoconConfig? overlay = null)
        : this(
            sections,
            overlay,
            new("--overwrite") { Description = "Replace finished episodes; without it they are kept" },
            new("--quiet", "-q") { Description = "Print failures only" },
            new("--json") { Description = "Print the summary as JSON" })
    {
    }

    private RolloutOptionSet(IReadOnlyList<FlagSection> sections, HoconConfig? overlay, Option<bool> overwrite, Option<bool> quiet, Option<bool> json)
        : base(sections, overlay, overwrite, quiet, json) => (_overwrite, _quiet, _json) = (overwrite, quiet, json);

    /// <summary>The run. The demo replaces what it left before, and says itself where its results are.</summary>
    public RolloutRun Run(ParseResult line, WmaSettings settings, string root, bool isDemo = false) => new(settings, root)
    {
        Overwrite = isDemo || line.GetValue(_overwrite),
        ListFiles = !isDemo,
        Quiet = line.GetValue(_quiet),
        Json = line.GetValue(_json),
    };

    /// <summary>Whether the command may print more than its result.</summary>
    public bool IsTalkative(ParseResult line) => !line.GetValue(_quiet) && !line.GetValue(_json);
}
