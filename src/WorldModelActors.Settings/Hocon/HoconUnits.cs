using System.Collections.Frozen;
using System.Globalization;

namespace WorldModelActors.Settings;

/// <summary>Numbers with units, as HOCON writes them.</summary>
internal static class HoconUnits
{
    /// <summary>Ticks (100 ns) of a unit; a bare number is milliseconds.</summary>
    private static readonly FrozenDictionary<string, decimal> Durations = Table(
        (0.01m, "ns nano nanos nanosecond nanoseconds"),
        (10m, "us micro micros microsecond microseconds"),
        (1e4m, "ms milli millis millisecond milliseconds"),
        (1e7m, "s second seconds"),
        (60e7m, "m minute minutes"),
        (3600e7m, "h hour hours"),
        (24 * 3600e7m, "d day days"),
        (7 * 24 * 3600e7m, "w week weeks"));

    /// <summary>Bytes of a unit; single letters are powers of 1024, kB, MB, … powers of 1000.</summary>
    private static readonly FrozenDictionary<string, decimal> Sizes = Table(
        (1m, "b B byte bytes"),
        (1e3m, "kB kilobyte kilobytes"),
        (1e6m, "MB megabyte megabytes"),
        (1e9m, "GB gigabyte gigabytes"),
        (1e12m, "TB terabyte terabytes"),
        (1024m, "k K Ki KiB kibibyte kibibytes"),
        (1024m * 1024, "m M Mi MiB mebibyte mebibytes"),
        (1024m * 1024 * 1024, "g G Gi GiB gibibyte gibibytes"),
        (1024m * 1024 * 1024 * 1024, "t T Ti TiB tebibyte tebibytes"));

    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!TrySplit(text, Durations, 1e4m, out var ticks) || ticks > long.MaxValue)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)decimal.Round(ticks));
        return true;
    }

    public static bool TryParseSize(string text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, Sizes, 1m, out var size) || size > long.MaxValue)
        {
            return false;
        }

        bytes = (long)decimal.Floor(size);
        return true;
    }

    private static bool TrySplit(string text, FrozenDictionary<string, decimal> units, decimal bare, out decimal amount)
    {
        amount = 0;
        var trimmed = text.AsSpan().Trim();
        var end = trimmed.IndexOfAnyExcept("0123456789.");
        var number = end < 0 ? trimmed : trimmed[..end];
        var unit = end < 0 ? string.Empty : trimmed[end..].Trim().ToString();
        var scale = bare;
        if ((unit.Length > 0 && !units.TryGetValue(unit, out scale))
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        try
        {
            amount = value * scale;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static FrozenDictionary<string, decimal> Table(params ReadOnlySpan<(decimal Scale, string Names)> units)
    {
        var table = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (scale, names) in units)
        {
            foreach (var name in names.Split(' '))
            {
                table.Add(name, scale);
            }
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
