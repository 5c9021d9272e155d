using System.Globalization;

namespace WorldModelActors.Settings;

/// <summary>Where a value was written.</summary>
/// <param name="Source">A file as the user named it, a command-line flag, or an environment variable.</param>
/// <param name="Line">Line from 1, or 0 where the source has no lines.</param>
/// <param name="Column">Column from 1, in UTF-16 code units.</param>
public readonly record struct HoconOrigin(string Source, int Line, int Column)
{
    /// <summary>A source without lines.</summary>
    public static HoconOrigin Of(string source) => new(source, 0, 0);

    public override string ToString() =>
        Line == 0 ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}
