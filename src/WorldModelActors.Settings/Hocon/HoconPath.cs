using System.Text;

namespace WorldModelActors.Settings;

/// <summary>Key paths: <c>a.b."c.d"</c>.</summary>
internal static class HoconPath
{
    /// <summary>Characters that must be quoted in keys and values.</summary>
    public const string Reserved = "$\"{}[]:=,+#`^?!@*&\\";

    /// <summary>Writes a path so that it reads back as the same elements.</summary>
    public static string Render(IEnumerable<string> elements) => string.Join('.', elements.Select(RenderElement));

    /// <summary>Writes one element, quoted where it must be.</summary>
    public static string RenderElement(string element) => IsPlain(element) && !element.Contains('.') ? element : Quote(element);

    /// <summary>Reads a path; the inverse of <see cref="Render"/>.</summary>
    public static IReadOnlyList<string> Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var reader = new HoconReader(path, path);
        var elements = reader.ReadPath();
        return reader.AtEnd ? elements : throw new HoconException($"'{path}' is no key path");
    }

    /// <summary>True for text that means itself without quotes, wherever it stands.</summary>
    public static bool IsPlain(string text) =>
        text.Length > 0
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
        && !text.Contains("//", StringComparison.Ordinal)
        && text is not "null" and not "include";

    /// <summary>A JSON string.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                _ when char.IsControl(c) || char.IsSurrogate(c) || c == '\uFEFF' => quoted.Append($"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
