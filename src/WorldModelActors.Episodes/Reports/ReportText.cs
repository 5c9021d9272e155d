using System.Globalization;

namespace WorldModelActors.Episodes;

/// <summary>Numbers of reports as text. What is not there is empty; infinite is <c>inf</c>.</summary>
public static class ReportText
{
    /// <summary>For people: so many decimals.</summary>
    public static string Number(double value, int decimals) =>
        double.IsNaN(value) ? "" : double.IsPositiveInfinity(value) ? "inf" : value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>For people: three digits that matter.</summary>
    public static string Digits(double value) => Number(value, double.IsFinite(value) && value != 0 ? Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6) : 0);

    /// <summary>For people: a part of a whole.</summary>
    public static string Percent(double value) => double.IsNaN(value) ? "" : value.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);

    /// <summary>For programs: every digit.</summary>
    public static string Exact(double? value) => value is not { } number || double.IsNaN(number) ? "" : double.IsPositiveInfinity(number) ? "inf" : number.ToString("R", CultureInfo.InvariantCulture);
}
