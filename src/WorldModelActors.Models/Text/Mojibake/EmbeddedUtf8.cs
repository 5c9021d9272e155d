using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Finds runs of characters that look like UTF-8 read in a single-byte encoding, whichever of the common ones, inside text
/// that is fine otherwise.
/// </summary>
internal static class EmbeddedUtf8
{
    private static readonly SingleByteEncoding[] Suspects =
    [
        SingleByteEncoding.Latin1, SingleByteEncoding.Windows1252, SingleByteEncoding.Windows1251, SingleByteEncoding.Windows1250,
        SingleByteEncoding.Windows1253, SingleByteEncoding.Windows1254, SingleByteEncoding.Windows1257,
    ];

    private static readonly HashSet<char> LeadOfTwo = Readings(0xC2, 0xDF);
    private static readonly HashSet<char> LeadOfThree = Readings(0xE0, 0xEF);

    // Of the leads of four, the only ones in front of assigned characters: emoji and the supplementary planes, and tags.
    private static readonly HashSet<char> LeadOfFour = [.. Readings(0xF0, 0xF0), .. Readings(0xF3, 0xF3)];

    // A space may stand for the no-break space that byte A0 reads as.
    private static readonly HashSet<char> Continuation = [.. Readings(0x80, 0xBF), ' '];

    // Continuations that rarely stand for themselves next to mojibake: without dashes, quotes, bullet and ellipsis.
    private static readonly HashSet<char> StrictContinuation = [.. Readings(0x80, 0xBF).Except("–—―‘’‚“”„•…")];

    /// <summary>
    /// The text with each run that looks like UTF-8 replaced; a run never starts behind a character that would be the tail of
    /// an earlier sequence, so that a large garble is not fixed in spots.
    /// </summary>
    public static string Replace(string text, Func<string, string> repair)
    {
        var output = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = i > 0 && StrictContinuation.Contains(text[i - 1]) ? 0 : RunLength(text, i);
            if (length > 0)
            {
                output.Append(repair(text.Substring(i, length)));
                i += length;
            }
            else
            {
                output.Append(text[i++]);
            }
        }

        return output.ToString();
    }

    private static int RunLength(string text, int start)
    {
        var end = start;
        while (end < text.Length)
        {
            var length = SequenceLength(text[end]);
            if (length == 0 || end + length > text.Length)
            {
                break;
            }

            var following = text.AsSpan(end + 1, length - 1);
            var complete = true;
            foreach (var c in following)
            {
                complete &= Continuation.Contains(c);
            }

            if (!complete)
            {
                break;
            }

            end += length;
        }

        return end - start;
    }

    private static int SequenceLength(char lead) =>
        LeadOfTwo.Contains(lead) ? 2 : LeadOfThree.Contains(lead) ? 3 : LeadOfFour.Contains(lead) ? 4 : 0;

    private static HashSet<char> Readings(int first, int last) =>
    [
        .. from encoding in Suspects from b in Enumerable.Range(first, last - first + 1) select encoding.Decode((byte)b),
    ];
}
