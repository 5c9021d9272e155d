using System.Globalization;
using System.Text;
using WorldModelActors.Settings;

namespace WorldModelActors.Episodes;

/// <summary>A value of a sweep file.</summary>
/// <param name="Text">The value, in its one spelling (<see cref="SweepSetting.Normalise"/>); paths are absolute.</param>
/// <param name="Place">Where it was given, for errors: <c>file:line: key</c>.</param>
internal sealed record SweepValue(string Text, string Place);

/// <summary>What a sweep consists of, as its file says it (docs/sweeps.md). Names are known and paths are inside the roots; values are unchecked.</summary>
public sealed record SweepFile
{
    /// <summary>Longest file.</summary>
    public const int MostBytes = 1 << 20;

    internal SweepFile()
    {
    }

    /// <summary>The sweep's name.</summary>
    public required string Name { get; init; }

    /// <summary>What errors call it.</summary>
    public required string Source { get; init; }

    /// <summary>Each episode runs so often, with noises of its own.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Higher ones are claimed first.</summary>
    public int Priority { get; init; }

    /// <summary>Device memory that an episode takes; 0: does not matter.</summary>
    public long Bytes { get; init; }

    /// <summary>Keys of the settings that the file gives, in <c>settings</c>, <c>grid</c> or by a name of their own.</summary>
    public IReadOnlyCollection<string> Keys => [.. Fixed.Keys.Concat(Grid.Select(axis => axis.Setting)).Select(setting => setting.Key)
        .Concat(Prompts is null ? [] : ["wma.rollout.prompts"]).Concat(Dataset is null ? [] : ["wma.rollout.dataset"])
        .Concat(Episodes.Count == 0 ? [] : [SweepSetting.Episode.Key]).Distinct()];

    internal SweepRoots? Roots { get; init; }

    internal SweepValue? Prompts { get; init; }

    internal SweepValue? Dataset { get; init; }

    internal IReadOnlyList<SweepValue> Episodes { get; init; } = [];

    internal IReadOnlyDictionary<SweepSetting, SweepValue> Fixed { get; init; } = new Dictionary<SweepSetting, SweepValue>();

    internal IReadOnlyList<SweepAxis> Grid { get; init; } = [];

    internal IReadOnlyList<SweepSelector> Include { get; init; } = [];

    internal IReadOnlyList<SweepSelector> Exclude { get; init; } = [];

    internal SweepSelector? Reference { get; init; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="roots">Folders that it may name files in, beside its own.</param>
    /// <exception cref="SweepException">It cannot be read, or something in it is wrong: file, line and key.</exception>
    public static SweepFile Load(string path, IReadOnlyList<string>? roots = null)
    {
        string text;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[MostBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            text = length <= MostBytes
                ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length)
                : throw new SweepException($"{path}: the sweep file is longer than 1 MiB");
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SweepException($"{path}: no such sweep file", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SweepException(cause is DecoderFallbackException ? $"{path}: the sweep file is not UTF-8 text" : $"{path}: the sweep file cannot be read ({cause.Message})", cause);
        }

        return Parse(text, path, roots);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where it stands; relative paths begin at its folder.</param>
    /// <param name="roots">Folders that it may name files in, beside its own.</param>
    /// <exception cref="SweepException">Something in it is wrong: file, line and key.</exception>
    public static SweepFile Parse(string text, string path, IReadOnlyList<string>? roots = null) => new SweepFileReader(text, path, roots ?? []).Read();

    /// <summary>Reads a size such as <c>6GiB</c>.</summary>
    public static bool TryParseBytes(string text, out long bytes) => HoconUnits.TryParseSize(text, out bytes) && bytes >= 0;

    /// <summary>A sweep without a file: all that it consists of comes from the settings.</summary>
    /// <exception cref="SweepException">The name cannot be used.</exception>
    public static SweepFile OfSettings(string name, int repeats = 1, int priority = 0, long bytes = 0) => new()
    {
        Name = SweepFileReader.RequireName(name, "--name"),
        Source = "the command line",
        Repeats = repeats is >= 1 and <= SweepGrid.MostEpisodes ? repeats : throw new SweepException(string.Create(CultureInfo.InvariantCulture, $"--repeats: expected an integer from 1 to {SweepGrid.MostEpisodes}")),
        Priority = priority,
        Bytes = bytes >= 0 ? bytes : throw new SweepException("--bytes: expected a size, such as 6GiB"),
    };
}

/// <summary>A list of the grid.</summary>
/// <param name="Setting">What it varies.</param>
/// <param name="Values">Its values, each once.</param>
internal sealed record SweepAxis(SweepSetting Setting, IReadOnlyList<SweepValue> Values);

/// <summary>An entry of include or exclude, or the reference.</summary>
/// <param name="Values">What it names.</param>
/// <param name="Place">Where it stands, for errors.</param>
internal sealed record SweepSelector(IReadOnlyDictionary<SweepSetting, SweepValue> Values, string Place);
