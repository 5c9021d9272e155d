using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Repairs Unicode that software broke on its way, with the results of ftfy 6.3.1's <c>fix_text</c> (R. Speer,
/// https://ftfy.readthedocs.io), which CLIP's tokenizer applies first: mojibake, HTML references in what is not HTML, C1
/// controls, Latin ligatures, full-width forms, curly quotes, line breaks, surrogates, terminal colours, control characters,
/// canonical composition (NFC).
/// </summary>
public static class TextFixer
{
    // Code points. Lines are repaired one by one, since each may have its own history; a longer one is cut, which bounds the work.
    private const int LongestSegment = 1_000_000;

    /// <summary>The repaired text, well-formed UTF-16 whatever the input.</summary>
    public static string Fix(string text) => Fix(text, LongestSegment);

    internal static string Fix(string text, int longestSegment)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new StringBuilder(text.Length);
        var unescape = true;
        for (var start = 0; start < text.Length;)
        {
            var end = SegmentEnd(text, start, longestSegment);
            var segment = text[start..end];

            // A literal < says that this is real HTML, where references belong; that holds for the lines after it, too.
            unescape &= !segment.Contains('<', StringComparison.Ordinal);
            output.Append(FixSegment(segment, unescape));
            start = end;
        }

        return output.ToString();
    }

    private static string FixSegment(string text, bool unescape)
    {
        string before;
        do
        {
            before = text;
            if (unescape)
            {
                text = HtmlReferences.UnescapeUnambiguous(text);
            }

            text = MojibakeRepair.Fix(text);
            text = CharacterFixes.ReplaceC1Controls(text);
            text = CharacterFixes.SplitLatinLigatures(text);
            text = CharacterFixes.NormalizeWidth(text);
            text = CharacterFixes.StraightenQuotes(text);
            text = CharacterFixes.UnifyLineBreaks(text);
            text = CharacterFixes.ReplaceLoneSurrogates(text);
            text = CharacterFixes.RemoveTerminalEscapes(text);
            text = CharacterFixes.RemoveControlCharacters(text);
            text = CanonicalComposition.Normalize(text);
        }
        while (!string.Equals(text, before, StringComparison.Ordinal));

        return text;
    }

    private static int SegmentEnd(string text, int start, int longest)
    {
        var lineBreak = text.IndexOf('\n', start);
        var end = lineBreak < 0 ? text.Length : lineBreak + 1;
        if (end - start <= longest)
        {
            return end;
        }

        var cut = start;
        for (var codePoints = 0; codePoints < longest && cut < end; codePoints++)
        {
            cut += cut + 1 < end && char.IsSurrogatePair(text[cut], text[cut + 1]) ? 2 : 1;
        }

        return cut;
    }
}
