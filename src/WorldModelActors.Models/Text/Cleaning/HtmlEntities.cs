using System.Globalization;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>The named character references of HTML (WHATWG), by name with the semicolon where the name has one.</summary>
internal static class HtmlEntities
{
    private static readonly Lazy<Dictionary<string, string>> Named = new(ReadNamed);
    private static readonly Lazy<Dictionary<string, string>> Shouted = new(Shout);

    /// <summary>The text of a reference such as <c>eacute;</c>, <c>amp</c> or <c>NotEqualTilde;</c>.</summary>
    public static bool TryGet(ReadOnlySpan<char> name, out string text) =>
        Named.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out text!);

    /// <summary>
    /// The text of a reference that was upper-cased with its surroundings, such as <c>EACUTE;</c> (É): names that are lower
    /// case in the standard and whose capitals name nothing, not even with their first letters alone.
    /// </summary>
    public static bool TryGetShouted(ReadOnlySpan<char> name, out string text) =>
        Shouted.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out text!);

    /// <summary>The longest beginning (of two letters or more) of <paramref name="name"/> that is a name itself, or 0.</summary>
    public static int LongestPrefix(ReadOnlySpan<char> name, out string text)
    {
        for (var length = name.Length; length > 1; length--)
        {
            if (TryGet(name[..length], out text))
            {
                return length;
            }
        }

        text = "";
        return 0;
    }

    private static Dictionary<string, string> ReadNamed()
    {
        var named = new Dictionary<string, string>();
        foreach (var line in TextResource.Lines("html5-entities.txt"))
        {
            var fields = line.Split(' ');
            var text = new StringBuilder();
            foreach (var codePoint in fields[1..])
            {
                UnicodeText.Append(text, new Rune(int.Parse(codePoint, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            }

            var name = fields[0].TrimEnd('*');
            named[name + ";"] = text.ToString();
            if (name.Length != fields[0].Length)
            {
                named[name] = text.ToString();
            }
        }

        return named;
    }

    private static Dictionary<string, string> Shout()
    {
        var shouted = new Dictionary<string, string>();
        foreach (var (name, text) in Named.Value)
        {
            var upper = name.ToUpperInvariant();
            if (name.EndsWith(';') && name == name.ToLowerInvariant() && LongestPrefix(upper, out _) == 0)
            {
                shouted[upper] = UnicodeText.ToUpper(text);
            }
        }

        return shouted;
    }
}
