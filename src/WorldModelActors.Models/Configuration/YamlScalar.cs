using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace WorldModelActors.Models;

/// <summary>
/// The meaning of an unquoted YAML value as OmegaConf's loader gives it: YAML 1.1 words and integers, and floats that may lack
/// the dot (<c>1e-4</c>).
/// </summary>
internal static partial class YamlScalar
{
    public static object? Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return true;
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return false;
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return double.PositiveInfinity;
            case "-.inf" or "-.Inf" or "-.INF":
                return double.NegativeInfinity;
            case ".nan" or ".NaN" or ".NAN":
                return double.NaN;
        }

        if (text.Length <= 64)
        {
            var digits = text.Replace("_", "", StringComparison.Ordinal);
            if (Integer().IsMatch(text))
            {
                return Whole(digits) ?? (object)text;
            }

            if (Float().IsMatch(text) && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return text;
    }

    private static object? Whole(string digits)
    {
        var negative = digits[0] == '-';
        var unsigned = digits.TrimStart('-', '+');
        var (radix, rest) = unsigned switch
        {
            ['0', 'x', .. var hex] => (16, hex),
            ['0', 'b', .. var binary] => (2, binary),
            ['0', _, ..] => (8, unsigned[1..]),
            _ => (10, unsigned),
        };
        BigInteger value = 0;
        foreach (var c in rest)
        {
            value = (value * radix) + Convert.ToInt32(c.ToString(), 16);
        }

        value = negative ? -value : value;
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : null;
    }

    [GeneratedRegex(@"^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?([0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?)$")]
    private static partial Regex Float();
}
