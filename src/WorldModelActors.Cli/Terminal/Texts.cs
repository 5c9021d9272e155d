using System.Globalization;

namespace WorldModelActors.Cli;

/// <summary>Numbers as people read them.</summary>
internal static class Texts
{
    /// <summary>E.g. <c>0:07</c>, <c>12:30</c>, <c>1:02:03</c>.</summary>
    public static string Clock(TimeSpan time)
    {
        var seconds = (long)Math.Max(0, Math.Round(time.TotalSeconds));
        return seconds < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }

    /// <summary>Seconds with three digits that matter, e.g. <c>0.042</c>, <c>1.23</c>, <c>45.6</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 0.9995 => seconds.ToString("0.000", CultureInfo.InvariantCulture),
        < 9.995 => seconds.ToString("0.00", CultureInfo.InvariantCulture),
        < 99.95 => seconds.ToString("0.0", CultureInfo.InvariantCulture),
        _ => seconds.ToString("0", CultureInfo.InvariantCulture),
    };

    /// <summary>E.g. <c>15.1 MiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
        double size = bytes;
        var unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }

    /// <summary>E.g. <c>7.93 million</c>.</summary>
    public static string Count(long count) => count switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.00} billion"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.00} million"),
        _ => count.ToString(CultureInfo.InvariantCulture),
    };
}
