using System.Globalization;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Cuts lower-case text into CLIP's words: a special token, an English contraction's ending, a run of letters, one digit or
/// number sign, or a run of anything else that is no white space. Letters and numbers are Unicode's categories L* and N* over
/// whole code points; combining marks are neither, so they cut words.
/// </summary>
internal static class WordSplitter
{
    // U+0345 has letters as case variants and is no letter itself; matched without regard to case it falls between
    // "letter" and "not a letter", so that the reference drops it.
    private const int CombiningIotaSubscript = 0x345;

    private static readonly string[] Literals =
    [
        ClipVocabulary.StartOfTextText, ClipVocabulary.EndOfTextText, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d",
    ];

    private enum Class
    {
        Letter,
        Number,
        Other,
        Nothing,
    }

    /// <summary>The words of well-formed text, in order; white space belongs to none.</summary>
    public static IEnumerable<string> Split(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = WordLength(text, start, out var isWord);
            if (isWord)
            {
                yield return text.Substring(start, length);
            }

            start += length;
        }
    }

    private static int WordLength(string text, int start, out bool isWord)
    {
        isWord = true;
        foreach (var literal in Literals)
        {
            if (Matches(text, start, literal))
            {
                return literal.Length;
            }
        }

        var kind = Classify(text, start, out var length);
        isWord = kind != Class.Nothing;
        if (kind is Class.Letter or Class.Other)
        {
            while (start + length < text.Length && Classify(text, start + length, out var more) == kind)
            {
                length += more;
            }
        }

        return length;
    }

    private static bool Matches(string text, int start, string literal)
    {
        if (text.Length - start < literal.Length)
        {
            return false;
        }

        for (var i = 0; i < literal.Length; i++)
        {
            // The long s is the only other character whose case folding is a letter of the literals and that lower case keeps.
            var c = text[start + i] == 'ſ' ? 's' : char.ToLowerInvariant(text[start + i]);
            if (c != literal[i])
            {
                return false;
            }
        }

        return true;
    }

    private static Class Classify(string text, int index, out int length)
    {
        if (!Rune.TryGetRuneAt(text, index, out var rune))
        {
            length = 1;
            return Class.Other;
        }

        length = rune.Utf16SequenceLength;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Class.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Class.Number,
            _ => Rune.IsWhiteSpace(rune) || rune.Value == CombiningIotaSubscript ? Class.Nothing : Class.Other,
        };
    }
}
