using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Tells whether text contains neighbours that people hardly ever write but that misread UTF-8 is full of, such as a currency
/// sign behind an accented letter. The evidence is that of ftfy 6.3's documented heuristic.
/// </summary>
internal static class MojibakeHeuristic
{
    private const CharacterKinds C1 = CharacterKinds.C1;
    private const CharacterKinds Bad = CharacterKinds.Bad;
    private const CharacterKinds Law = CharacterKinds.Law;
    private const CharacterKinds Currency = CharacterKinds.Currency;
    private const CharacterKinds Start = CharacterKinds.StartPunctuation;
    private const CharacterKinds End = CharacterKinds.EndPunctuation;
    private const CharacterKinds Numeric = CharacterKinds.Numeric;
    private const CharacterKinds Upper = CharacterKinds.UpperAccented;
    private const CharacterKinds Lower = CharacterKinds.LowerAccented;
    private const CharacterKinds Accented = CharacterKinds.Accented;
    private const CharacterKinds Box = CharacterKinds.Box;

    /// <summary>Everything that is odd next to something bad.</summary>
    private const CharacterKinds Marked = Accented | Box | Start | End | Currency | Numeric | Law;

    private static readonly Sign[][] Evidence =
    [
        [C1],
        [Marked | Bad, Bad],
        [Bad, Marked],
        [CharacterKinds.AsciiLetter, CharacterKinds.LowerCommon | CharacterKinds.UpperCommon, Bad],

        // Letters and signs in an order that words and numbers do not have.
        [Lower | CharacterKinds.LowerCommon | Box | End | Currency | Numeric, Upper],
        [Box | End | Currency | Numeric, Lower],
        [Lower | Box | End, Currency],
        [CharacterKinds.Space, Upper, Currency],
        [Upper | Box, Numeric | Law],
        [Accented | Box | Currency | End, Start, Numeric],
        [Accented | Currency | Numeric | Box | Law, End, Start],
        [Currency | Numeric | Box, Start],
        [CharacterKinds.AsciiLower, Upper, Start | Currency],
        [Box, CharacterKinds.Kaomoji],
        [Accented | Currency | Numeric | Start | End | Law, Box],
        [Box, End],
        [Accented, Start | End, CharacterKinds.Word],
        ["Œœ", Sign.Except(CharacterKinds.AsciiLetter)],
        [Upper, "°"],

        // UTF-8 of Latin, Arabic and Indic letters in windows-1252.
        ["ÂÃÎÐ", new("€œŠš¢£Ÿž\u00a0\u00ad®©°·»–—´", Start | End)],
        ["×", "²³"],
        ["ØÙ", ArabicTail, "ØÙ", ArabicTail],
        ["à", "²µ¹¼½¾"],
        ["Ã", "\u00a0¡"],
        [CharacterKinds.AsciiLower, "ÃÂ", " "],
        [CharacterKinds.AsciiLower, CharacterKinds.Space, "ÃÂ", " "],
        [Sign.TextStart, "ÃÂ", " "],
        [new(".,?!", CharacterKinds.AsciiLower | End), "Â", new(" ", Start | End)],

        // Mac Roman.
        ["√", "±∂†≠®™´≤≥¥µø"],
        ["≈", "°¢"],
        ["‚", "Ä", "ìîïòôúùû†°¢π"],
        ["‚", "âó", "àä°ê"],

        // windows-1251: punctuation, then Latin-1 and Cyrillic letters, then windows-1252 punctuation mistaken twice.
        ["в", "Ђ"],
        ["ВГРС", new("°µ", C1 | Bad | Start | End | Currency), "ВГРС"],
        ["Г", "ў", "В", "Ђ", "В", Sign.Except(CharacterKinds.LineFeed), new(" ", CharacterKinds.AsciiLetter)],

        // windows-1253: punctuation, then Latin-1 and Greek letters.
        ["β", "€", "™\u00a0Ά\u00ad®°"],
        ["ΒΓΞΟ", new("°", C1 | Bad | Start | End | Currency), "ΒΓΞΟ"],

        // windows-1257: punctuation.
        ["ā", "€"],
    ];

    private static Sign ArabicTail => new("ŸŠ®°µ»", CharacterKinds.Common | Currency | Bad | Numeric | Start);

    /// <summary>Whether the text shows any such evidence.</summary>
    public static bool IsBad(string text)
    {
        var codePoints = CodePoints(text);
        var kinds = codePoints.ConvertAll(CharacterClassifier.Kinds);
        for (var start = 0; start < codePoints.Count; start++)
        {
            foreach (var signs in Evidence)
            {
                if (Shows(signs, codePoints, kinds, start))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Shows(Sign[] signs, List<int> codePoints, List<CharacterKinds> kinds, int index)
    {
        foreach (var sign in signs)
        {
            if (sign.IsTextStart)
            {
                if (index != 0)
                {
                    return false;
                }

                continue;
            }

            if (index >= codePoints.Count || !sign.Fits(codePoints[index], kinds[index]))
            {
                return false;
            }

            index++;
        }

        return true;
    }

    private static List<int> CodePoints(string text)
    {
        var codePoints = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            codePoints.Add(Rune.TryGetRuneAt(text, i, out var rune) ? rune.Value : text[i]);
            i += codePoints[^1] > char.MaxValue ? 1 : 0;
        }

        return codePoints;
    }

    /// <summary>One place of a piece of evidence: any of some characters, or any character of some kinds.</summary>
    private sealed class Sign(string characters, CharacterKinds kinds)
    {
        private bool _isNegated;

        public static Sign TextStart { get; } = new("", CharacterKinds.None) { IsTextStart = true };

        public bool IsTextStart { get; private init; }

        public static implicit operator Sign(string characters) => new(characters, CharacterKinds.None);

        public static implicit operator Sign(CharacterKinds kinds) => new("", kinds);

        public static Sign Except(CharacterKinds kinds) => new("", kinds) { _isNegated = true };

        public bool Fits(int codePoint, CharacterKinds itsKinds) =>
            ((itsKinds & kinds) != 0 || (codePoint <= char.MaxValue && characters.Contains((char)codePoint, StringComparison.Ordinal)))
            != _isNegated;
    }
}
