using System.Globalization;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>Tells the <see cref="CharacterKinds"/> of a character.</summary>
internal static class CharacterClassifier
{
    private static readonly Dictionary<int, CharacterKinds> Roles = [];

    static CharacterClassifier()
    {
        // Single characters and a-b ranges, separated by spaces.
        Assign(CharacterKinds.Common, "\u00a0 \u00ad ´ · –-― ’ …");
        Assign(CharacterKinds.C1, "\u0080-\u009f");
        Assign(CharacterKinds.Bad, "¤ ¦ ¨ ª ¬ ¯ ¸ º ƒ ˆ ˇ ˘ ˛ ˜ † ‡ ‰ ⌐ ◊ \ufffd");
        Assign(CharacterKinds.Law, "§ ¶");
        Assign(CharacterKinds.Currency, "¢ £ ¥ ₧ €");
        Assign(CharacterKinds.StartPunctuation, "¡ © « ¿ ΄ ΅ ‘ ‚ “ „ • ‹ \uf8ff");
        Assign(CharacterKinds.EndPunctuation, "® » ˝ ” › ™");
        Assign(CharacterKinds.Numeric, "±-³ µ ¹ ¼-¾ × ÷ ⁄ № ∂ ∆ ∏ ∑ √ ∞ ∩ ∫ ≈ ≠ ≡ ≤ ≥");
        Assign(CharacterKinds.Kaomoji, "° Ò-Ö Ù-Ü ò-ö ø-ü Ō Ő Ū Ų");
        Assign(
            CharacterKinds.UpperAccented,
            "À-Ñ Ø Ü Ý Ā Ă Ą Ć Č Ď Đ Ē Ė Ę Ě Ğ Ģ Ī İ Ķ Ĺ Ļ Ľ Ł Ń Ņ Ň Œ Ř Ś Ş Š Ţ Ť Ů Ű Ÿ Ź Ż Ž Ґ");
        Assign(
            CharacterKinds.LowerAccented,
            "ß-ñ ü ā ă ą ć č ď đ ē ė ę ě ğ ģ ī į ķ ĺ ļ ľ ł œ ŕ ś ş š ť ź ż ž ґ ﬁ ﬂ");
        Assign(CharacterKinds.UpperCommon, "Þ Ά Έ-Ί Ό Ύ Ώ Α-Ϋ Ё-Я");
        Assign(CharacterKinds.LowerCommon, "ά-ω а-џ");
        Assign(CharacterKinds.Box, "│ ┌ ┐ ┘ ├ ┤ ┬ ┼ ═-╬ ▀ ▄ █ ▌ ▐-▓");
    }

    /// <summary>All kinds of a code point; lone surrogates have none.</summary>
    public static CharacterKinds Kinds(int codePoint)
    {
        var kinds = Roles.GetValueOrDefault(codePoint);
        if (codePoint <= char.MaxValue && UnicodeText.IsSpace((char)codePoint))
        {
            kinds |= CharacterKinds.Space | (codePoint == '\n' ? CharacterKinds.LineFeed : 0);
        }

        if (codePoint is >= 'A' and <= 'Z')
        {
            kinds |= CharacterKinds.AsciiUpper;
        }
        else if (codePoint is >= 'a' and <= 'z')
        {
            kinds |= CharacterKinds.AsciiLower;
        }

        return codePoint == '_' || IsLetterOrNumber(codePoint) ? kinds | CharacterKinds.Word : kinds;
    }

    private static bool IsLetterOrNumber(int codePoint) => Rune.IsValid(codePoint)
        && (Rune.IsLetter(new(codePoint)) || Rune.GetUnicodeCategory(new(codePoint)) is UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber);

    private static void Assign(CharacterKinds kind, string characters)
    {
        foreach (var range in characters.Split(' '))
        {
            for (int c = range[0]; c <= range[^1]; c++)
            {
                Roles[c] = Roles.GetValueOrDefault(c) | kind;
            }
        }
    }
}
