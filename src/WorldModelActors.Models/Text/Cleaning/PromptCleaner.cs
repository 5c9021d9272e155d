using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Brings a prompt into the form that CLIP was trained on: broken Unicode repaired (<see cref="TextFixer"/>), HTML character
/// references resolved twice, white space trimmed and collapsed to single spaces, lower case.
/// </summary>
public static class PromptCleaner
{
    /// <summary>The cleaned prompt. Accepts any UTF-16, also with lone surrogates; the result is well-formed.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var fixedText = TextFixer.Fix(text);
        var unescaped = HtmlReferences.Unescape(HtmlReferences.Unescape(fixedText));
        return UnicodeText.ToLower(CollapseSpaces(UnicodeText.Trim(unescaped)));
    }

    // Of text that neither begins nor ends with white space.
    private static string CollapseSpaces(string text)
    {
        var collapsed = new StringBuilder(text.Length);
        var gap = false;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                gap = true;
                continue;
            }

            if (gap)
            {
                collapsed.Append(' ');
                gap = false;
            }

            collapsed.Append(c);
        }

        return collapsed.ToString();
    }
}
