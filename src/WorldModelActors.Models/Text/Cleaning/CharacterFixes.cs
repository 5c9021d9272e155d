using System.Text;

namespace WorldModelActors.Models;

/// <summary>Repairs that look at single characters, not at how the text was encoded.</summary>
internal static class CharacterFixes
{
    private const char Escape = '\u001b';
    private const int HalfwidthFirst = 0xFF5F;

    // U+FF5F..U+FFDC with wide or joined counterparts (compatibility decompositions); unassigned places stand for themselves.
    private const string WidthCounterparts =
        "⦅⦆。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309a"
        + "\u1160\u1100\u1101\u11aa\u1102\u11ac\u11ad\u1103\u1104\u1105\u11b0\u11b1\u11b2\u11b3\u11b4\u11b5\u111a\u1106\u1107\u1108\u1121"
        + "\u1109\u110a\u110b\u110c\u110d\u110e\u110f\u1110\u1111\u1112\uffbf\uffc0\uffc1\u1161\u1162\u1163\u1164\u1165\u1166\uffc8\uffc9"
        + "\u1167\u1168\u1169\u116a\u116b\u116c\uffd0\uffd1\u116d\u116e\u116f\u1170\u1171\u1172\uffd8\uffd9\u1173\u1174\u1175";

    /// <summary>C1 controls become what their number means in windows-1252, as in HTML.</summary>
    public static string ReplaceC1Controls(string text) =>
        Map(text, static c => c is >= '\u0080' and <= '\u009f' ? SingleByteEncoding.Windows1252.Decode((byte)c).ToString() : null);

    /// <summary>Typographic ligatures and legacy digraphs of Latin letters become the letters.</summary>
    public static string SplitLatinLigatures(string text) => Map(text, static c => c switch
    {
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        'ŉ' => "ʼn",
        'Ǆ' => "DŽ",
        'ǅ' => "Dž",
        'ǆ' => "dž",
        'Ǉ' => "LJ",
        'ǈ' => "Lj",
        'ǉ' => "lj",
        'Ǌ' => "NJ",
        'ǋ' => "Nj",
        'ǌ' => "nj",
        'Ǳ' => "DZ",
        'ǲ' => "Dz",
        'ǳ' => "dz",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' => "ſt",
        'ﬆ' => "st",
        _ => null,
    });

    /// <summary>Full-width Latin, half-width Katakana and Hangul and the ideographic space become the usual forms.</summary>
    public static string NormalizeWidth(string text) => Map(text, static c => c switch
    {
        '\u3000' => " ",
        >= '\uff01' and <= '\uff5e' => ((char)(c - 0xFEE0)).ToString(),
        >= (char)HalfwidthFirst and <= '\uffdc' => WidthCounterparts[c - HalfwidthFirst].ToString(),
        '\uffe0' => "¢",
        '\uffe1' => "£",
        '\uffe2' => "¬",
        '\uffe3' => " \u0304",
        '\uffe4' => "¦",
        '\uffe5' => "¥",
        '\uffe6' => "₩",
        '\uffe8' => "│",
        '\uffe9' => "←",
        '\uffea' => "↑",
        '\uffeb' => "→",
        '\uffec' => "↓",
        '\uffed' => "■",
        '\uffee' => "○",
        _ => null,
    });

    /// <summary>Curly, reversed and low-high quotes and the letter apostrophe become straight quotes.</summary>
    public static string StraightenQuotes(string text) => Map(text, static c => c switch
    {
        'ʼ' or (>= '\u2018' and <= '\u201b') => "'",
        >= '\u201c' and <= '\u201f' => "\"",
        _ => null,
    });

    /// <summary>CR LF, CR, line and paragraph separator and NEL become LF.</summary>
    public static string UnifyLineBreaks(string text) => Map(
        text.Replace("\r\n", "\n", StringComparison.Ordinal),
        static c => c is '\r' or '\u2028' or '\u2029' or '\u0085' ? "\n" : null);

    /// <summary>Surrogates without a partner become U+FFFD.</summary>
    public static string ReplaceLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return text;
        }

        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            UnicodeText.Append(output, rune);
        }

        return output.ToString();
    }

    /// <summary>Removes ANSI control sequences that end in a letter, such as colours.</summary>
    public static string RemoveTerminalEscapes(string text)
    {
        if (!text.Contains(Escape, StringComparison.Ordinal))
        {
            return text;
        }

        var output = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = EscapeLength(text, i);
            if (length == 0)
            {
                output.Append(text[i++]);
            }

            i += length;
        }

        return output.ToString();
    }

    /// <summary>
    /// Removes ASCII controls except tab, line feed, form feed and carriage return, the deprecated format controls
    /// U+206A..U+206F, the byte order mark, and U+FFF9..U+FFFC.
    /// </summary>
    public static string RemoveControlCharacters(string text) => Map(text, static c => c switch
    {
        '\t' or '\n' or '\f' or '\r' => null,
        < ' ' or '\u007f' or (>= '\u206a' and <= '\u206f') or '\ufeff' or (>= '\ufff9' and <= '\ufffc') => "",
        _ => null,
    });

    private static int EscapeLength(string text, int start)
    {
        if (text[start] != Escape || start + 1 >= text.Length || text[start + 1] != '[')
        {
            return 0;
        }

        var end = start + 2;
        while (end < text.Length)
        {
            if (char.IsAsciiLetter(text[end]))
            {
                return end + 1 - start;
            }

            if (text[end] == ';')
            {
                end++;
            }
            else if (Rune.TryGetRuneAt(text, end, out var rune) && Rune.IsDigit(rune))
            {
                end += rune.Utf16SequenceLength;
            }
            else
            {
                break;
            }
        }

        return 0;
    }

    // replacement: null keeps the character. Copies only from the first change on.
    private static string Map(string text, Func<char, string?> replacement)
    {
        StringBuilder? output = null;
        for (var i = 0; i < text.Length; i++)
        {
            var changed = replacement(text[i]);
            if (changed is not null)
            {
                output ??= new StringBuilder(text.Length).Append(text, 0, i);
                output.Append(changed);
            }
            else
            {
                output?.Append(text[i]);
            }
        }

        return output?.ToString() ?? text;
    }
}
