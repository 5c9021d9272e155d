using System.Globalization;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>Case and white space by the whole of Unicode, as Python's <c>str</c> has them; no culture is involved.</summary>
internal static class UnicodeText
{
    private const char CapitalSigma = 'Σ';
    private const char FinalSigma = 'ς';
    private const char CapitalIWithDot = 'İ';

    /// <summary>White space that <c>str.strip</c> removes: White_Space and the four information separators U+001C..U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary>The text without <see cref="IsSpace"/> characters at both ends.</summary>
    public static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsSpace(text[start]))
        {
            start++;
        }

        while (end > start && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>
    /// Full lower case (Unicode 3.13, R2): the simple mapping, but İ becomes i with a dot above, and Σ at the end of a word ς.
    /// </summary>
    public static string ToLower(string text)
    {
        var lower = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune))
            {
                lower.Append(text[i++]);
                continue;
            }

            switch (rune.Value)
            {
                case CapitalSigma when IsFinalSigma(text, i):
                    lower.Append(FinalSigma);
                    break;
                case CapitalIWithDot:
                    lower.Append("i\u0307");
                    break;
                default:
                    Append(lower, Rune.ToLowerInvariant(rune));
                    break;
            }

            i += rune.Utf16SequenceLength;
        }

        return lower.ToString();
    }

    /// <summary>
    /// Upper case for the characters that HTML has names for: the simple mapping, and SpecialCasing's expansion of ß, ŉ and the
    /// Latin ligatures.
    /// </summary>
    public static string ToUpper(string text)
    {
        var upper = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var expansion = rune.Value switch
            {
                'ß' => "SS",
                'ı' => "I",
                'ŉ' => "ʼN",
                'ﬀ' => "FF",
                'ﬁ' => "FI",
                'ﬂ' => "FL",
                'ﬃ' => "FFI",
                'ﬄ' => "FFL",
                _ => null,
            };
            if (expansion is null)
            {
                Append(upper, Rune.ToUpperInvariant(rune));
            }
            else
            {
                upper.Append(expansion);
            }
        }

        return upper.ToString();
    }

    /// <summary>Appends one code point.</summary>
    public static void Append(StringBuilder text, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..rune.EncodeToUtf16(units)]);
    }

    // Final_Sigma of SpecialCasing.txt: a cased letter before, none after, case-ignorable characters not counting.
    private static bool IsFinalSigma(string text, int index) =>
        IsCasedNext(text, index, forward: false) && !IsCasedNext(text, index, forward: true);

    private static bool IsCasedNext(string text, int index, bool forward)
    {
        for (var i = index; ;)
        {
            i += forward ? 1 : -1;
            if (i < 0 || i >= text.Length)
            {
                return false;
            }

            // A position inside a pair has no rune of its own; walking backwards its rune starts one unit earlier.
            if (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]))
            {
                if (forward)
                {
                    continue;
                }

                i--;
            }

            if (!Rune.TryGetRuneAt(text, i, out var rune))
            {
                return false;
            }

            var category = Rune.GetUnicodeCategory(rune);
            if (!IsCaseIgnorable(rune.Value, category))
            {
                return IsCased(rune.Value, category);
            }
        }
    }

    private static bool IsCased(int codePoint, UnicodeCategory category) =>
        category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        || codePoint is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    private static bool IsCaseIgnorable(int codePoint, UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || codePoint is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027
            or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A;
}
