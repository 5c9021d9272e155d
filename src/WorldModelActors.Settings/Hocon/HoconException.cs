using System.Globalization;

namespace WorldModelActors.Settings;

/// <summary>A setting that cannot be read: one line that names the key, the fault and the place.</summary>
public sealed class HoconException : Exception
{
    public HoconException(string fault, HoconOrigin? origin = null, string? path = null)
        : base(OneLine(
            (string.IsNullOrEmpty(path) ? string.Empty : path + ": ") + fault + (origin is { } at ? $" ({at})" : string.Empty)))
    {
        Origin = origin;
        Path = path;
    }

    /// <summary>Where it was written, if it was.</summary>
    public HoconOrigin? Origin { get; }

    /// <summary>The key, if one is concerned.</summary>
    public string? Path { get; }

    /// <summary>Values and file names may hold anything; the message must stay one line of plain text.</summary>
    private static string OneLine(string text) =>
        text.Any(char.IsControl)
            ? string.Concat(text.Select(c => char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString()))
            : text;
}
