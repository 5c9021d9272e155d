using System.CommandLine;
using WorldModelActors.Episodes;
using WorldModelActors.Settings;

namespace WorldModelActors.Cli;

/// <summary>The options that say what a sweep consists of: its file, or flags alone; flags and settings files fill in what the file leaves open.</summary>
internal sealed class SubmitOptionSet : SettingOptionSet
{
    private static readonly IReadOnlyList<FlagSection> s_sections =
    [
        SettingFlags.Model,
        SettingFlags.Prompts,
        Without(SettingFlags.Episodes, "--decode-policy-video"),
        Without(SettingFlags.Sampling, "--noise"),
        new FlagSection("Output", [.. SettingFlags.Output.Flags.Where(flag => flag.Setting.StartsWith("wma.media.", StringComparison.Ordinal))]),
        new FlagSection("Precision", [.. SettingFlags.Machine.Flags.Where(flag => flag.Name == "--dtype")]),
        SettingFlags.Store,
    ];

    private readonly Argument<string?> _file = new("FILE") { Description = "Sweep file (docs/sweeps.md); without it one episode for each prompt, as the flags say", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _name;
    private readonly Option<string[]> _roots;
    private readonly Option<int?> _repeats;
    private readonly Option<int?> _priority;
    private readonly Option<string?> _bytes;

    /// <param name="others">Further options of the command.</param>
    public SubmitOptionSet(params IReadOnlyList<Option> others)
        : this([], others)
    {
    }

    /// <param name="sections">Further settings of the command.</param>
    /// <param name="others">Further options of the command.</param>
    public SubmitOptionSet(IReadOnlyList<FlagSection> sections, params IReadOnlyList<Option> others)
        : this(
            sections,
            new("--name") { HelpName = "NAME", Description = "Name of the sweep, where there is no file" },
            new("--root") { HelpName = "DIR ...", Description = "Folders that the file may name models and prompts in, beside its own", AllowMultipleArgumentsPerToken = true },
            new("--repeats") { HelpName = "N", Description = "Runs of each episode, with noises of their own, where there is no file [1]" },
            new("--priority") { HelpName = "N", Description = "Higher ones are run first, where there is no file [0]" },
            new("--bytes") { HelpName = "SIZE", Description = "Device memory of an episode, e.g. 6GiB, where there is no file; nodes take what fits" },
            others)
    {
    }

    private SubmitOptionSet(IReadOnlyList<FlagSection> sections, Option<string?> name, Option<string[]> roots, Option<int?> repeats, Option<int?> priority, Option<string?> bytes, IReadOnlyList<Option> others)
        : base([.. s_sections, .. sections], overlay: null, [name, roots, repeats, priority, bytes, .. others]) => (_name, _roots, _repeats, _priority, _bytes) = (name, roots, repeats, priority, bytes);

    /// <summary>The argument, for the help screen.</summary>
    public HelpSection FileHelp => new("Sweep", [new HelpRow("FILE", _file.Description!)]);

    /// <summary>Adds the argument and the options.</summary>
    public void AddAllTo(Command command)
    {
        command.Add(_file);
        AddTo(command);
    }

    /// <summary>Plans the sweep, and checks it against its models. Nothing is stored.</summary>
    /// <exception cref="UsageException">Flags contradict the file.</exception>
    /// <exception cref="SweepException">It cannot be run like this.</exception>
    public PlannedSweep Plan(ParseResult line)
    {
        var layers = Layers(line);
        var planned = SweepPlanner.Plan(line.GetValue(_file) is { } path ? FromFile(line, path, layers[^1]) : FromFlags(line), layers);
        SweepModels.Check(planned);
        return planned;
    }

    private SweepFile FromFile(ParseResult line, string path, HoconConfig flags)
    {
        foreach (Option option in new Option[] { _name, _repeats, _priority, _bytes })
        {
            if (line.GetResult(option) is { Implicit: false })
            {
                throw new UsageException($"{option.Name}: with a sweep file, set '{option.Name[2..]}:' in {path}");
            }
        }

        var file = SweepFile.Load(path, line.GetValue(_roots) ?? []);
        return file.Keys.FirstOrDefault(flags.Has) is { } twice
            ? throw new UsageException($"{s_sections.SelectMany(section => section.Flags).First(flag => flag.Setting == twice).Name}: {path} sets this too; change it there")
            : file;
    }

    private SweepFile FromFlags(ParseResult line)
    {
        var bytes = 0L;
        if (line.GetValue(_bytes) is { } size && !SweepFile.TryParseBytes(size, out bytes))
        {
            throw new UsageException($"--bytes {size}: expected a size, such as 512MiB or 6GiB");
        }

        return SweepFile.OfSettings(
            line.GetValue(_name) ?? throw new UsageException("give a sweep file, or a name for the sweep with --name NAME"), line.GetValue(_repeats) ?? 1, line.GetValue(_priority) ?? 0, bytes);
    }

    private static FlagSection Without(FlagSection section, string name) => new(section.Title, [.. section.Flags.Where(flag => flag.Name != name)]);
}
