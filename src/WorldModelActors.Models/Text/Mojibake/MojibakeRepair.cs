using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Repairs mojibake: text whose bytes were read in the wrong encoding. The repair is to write the text in the encoding that it
/// was mistaken for and read the bytes as UTF-8, repeated while there is something to repair. Only text that
/// <see cref="MojibakeHeuristic"/> finds improbable is touched.
/// </summary>
internal static class MojibakeRepair
{
    // In the order in which they are tried: the likeliest first.
    private static readonly SingleByteEncoding[] Suspects =
    [
        SingleByteEncoding.Latin1, SingleByteEncoding.Windows1252, SingleByteEncoding.Windows1251, SingleByteEncoding.Windows1250,
        SingleByteEncoding.Windows1253, SingleByteEncoding.Windows1254, SingleByteEncoding.Windows1257, SingleByteEncoding.Latin2,
        SingleByteEncoding.MacRoman, SingleByteEncoding.CodePage437,
    ];

    /// <summary>The repaired text, or the text itself.</summary>
    public static string Fix(string text)
    {
        while (true)
        {
            var repaired = FixOnce(text);
            if (string.Equals(repaired, text, StringComparison.Ordinal))
            {
                return text;
            }

            text = repaired;
        }
    }

    private static string FixOnce(string text)
    {
        if (Ascii.IsValid(text) || !MojibakeHeuristic.IsBad(text))
        {
            return text;
        }

        foreach (var suspect in Suspects)
        {
            if (suspect.TryEncode(text, out var bytes) && TryReadAsUtf8(suspect, bytes, out var repaired))
            {
                return repaired;
            }
        }

        var inPlaces = EmbeddedUtf8.Replace(
            text, run => run.Length < text.Length && MojibakeHeuristic.IsBad(run) ? Fix(run) : run);
        if (!string.Equals(inPlaces, text, StringComparison.Ordinal))
        {
            return inPlaces;
        }

        // What is left are C1 controls, which were windows-1252 read as Latin-1. A text that is Latin-1 as a whole and has a
        // byte without meaning in windows-1252 gets the same treatment as one that is not.
        return CharacterFixes.ReplaceC1Controls(text);
    }

    private static bool TryReadAsUtf8(SingleByteEncoding suspect, byte[] bytes, out string text)
    {
        // In Mac Roman a dash in front of a space would pass for a sequence that lost its no-break space.
        if (suspect != SingleByteEncoding.MacRoman)
        {
            bytes = LossyBytes.RestoreNoBreakSpaces(bytes);
        }

        if (suspect.IsSloppy)
        {
            bytes = LossyBytes.ReplaceLossySequences(bytes);
        }

        var isUtf8 = LenientUtf8.TryDecode(bytes, out var decoded);
        text = decoded ?? "";
        return isUtf8;
    }
}
