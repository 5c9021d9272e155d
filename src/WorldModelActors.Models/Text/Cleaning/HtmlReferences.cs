using System.Globalization;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Resolves HTML character references by the rules of the HTML standard (13.2.5.72 ff.): <c>&amp;eacute;</c>,
/// <c>&amp;#233;</c>, <c>&amp;#xE9;</c>, for old names also without the semicolon, even in front of further letters.
/// </summary>
public static class HtmlReferences
{
    private const int LongestName = 32;
    private const int LongestUnambiguousName = 24;

    // What the numbers 0x80..0x9F mean in a page: windows-1252, its five gaps standing for themselves.
    private const string MeaningOfC1 =
        "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

    /// <summary>Resolves every reference, as a browser would.</summary>
    public static string Unescape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Replace(text, Resolve);
    }

    /// <summary>
    /// Resolves only references that end in a semicolon and hence cannot be ordinary text; also those that were upper-cased
    /// with the text around them (<c>&amp;EACUTE;</c>).
    /// </summary>
    public static string UnescapeUnambiguous(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Replace(text, ResolveUnambiguous);
    }

    private delegate int Resolver(ReadOnlySpan<char> afterAmpersand, StringBuilder output);

    private static string Replace(string text, Resolver resolve)
    {
        var start = text.IndexOf('&', StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        var output = new StringBuilder(text.Length);
        var copied = 0;
        while (start >= 0)
        {
            output.Append(text, copied, start - copied);
            var used = resolve(text.AsSpan(start + 1), output);
            if (used == 0)
            {
                output.Append('&');
            }

            copied = start + 1 + used;
            start = text.IndexOf('&', copied);
        }

        return output.Append(text, copied, text.Length - copied).ToString();
    }

    private static int Resolve(ReadOnlySpan<char> text, StringBuilder output)
    {
        if (text.StartsWith("#"))
        {
            return ResolveNumber(text, output);
        }

        var length = 0;
        while (length < text.Length && length < LongestName && text[length] is not ('\t' or '\n' or '\f' or ' ' or '<' or '&' or '#' or ';'))
        {
            length++;
        }

        if (length > 0 && length < text.Length && text[length] == ';')
        {
            length++;
        }

        var used = HtmlEntities.LongestPrefix(text[..length], out var meaning);
        output.Append(meaning);
        return used;
    }

    private static int ResolveNumber(ReadOnlySpan<char> text, StringBuilder output)
    {
        var hexadecimal = text.Length > 1 && text[1] is 'x' or 'X';
        var digits = hexadecimal ? 2 : 1;
        var end = digits;
        long number = 0;
        while (end < text.Length && (hexadecimal ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end])))
        {
            number = Math.Min(0x110000, (number * (hexadecimal ? 16 : 10)) + HexDigit(text[end]));
            end++;
        }

        if (end == digits)
        {
            return 0;
        }

        AppendCharacter((int)number, output);
        return end < text.Length && text[end] == ';' ? end + 1 : end;
    }

    private static int ResolveUnambiguous(ReadOnlySpan<char> text, StringBuilder output)
    {
        var numeric = text.StartsWith("#");
        var end = numeric ? 1 : 0;
        var begin = end;
        while (end < text.Length && end - begin < LongestUnambiguousName && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        if (end == begin || end == text.Length || text[end] != ';')
        {
            return 0;
        }

        var reference = text[..(end + 1)];
        if (!numeric)
        {
            if (!HtmlEntities.TryGet(reference, out var meaning) && !HtmlEntities.TryGetShouted(reference, out meaning))
            {
                return 0;
            }

            output.Append(meaning);
            return reference.Length;
        }

        // A number that stops short of the semicolon is no clean reference, nor is one that spells the semicolon itself.
        var resolved = new StringBuilder();
        if (ResolveNumber(reference, resolved) != reference.Length || resolved.ToString() == ";")
        {
            return 0;
        }

        output.Append(resolved);
        return reference.Length;
    }

    private static int HexDigit(char digit) => int.Parse([digit], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static void AppendCharacter(int number, StringBuilder output)
    {
        switch (number)
        {
            case 0 or (>= 0xD800 and <= 0xDFFF) or > 0x10FFFF:
                output.Append('\ufffd');
                break;
            case >= 0x80 and <= 0x9F:
                output.Append(MeaningOfC1[number - 0x80]);
                break;
            case not '\t' and not '\n' and not '\f' and not '\r' and < ' ':
            case 0x7F:
            case >= 0xFDD0 and <= 0xFDEF:
            case var _ when (number & 0xFFFE) == 0xFFFE:
                // Control characters and non-characters vanish.
                break;
            default:
                UnicodeText.Append(output, new Rune(number));
                break;
        }
    }
}
