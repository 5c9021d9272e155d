using System.Globalization;

namespace WorldModelActors.Chaos;

/// <summary>Small statistics.</summary>
internal static class Numbers
{
    /// <summary>The median; null of nothing.</summary>
    public static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>Two decimals, or a dash.</summary>
    public static string Text(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
