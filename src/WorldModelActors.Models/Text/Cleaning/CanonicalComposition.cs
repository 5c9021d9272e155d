using System.Globalization;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Unicode normalization form C (UAX 15): canonical decomposition, canonical order of marks, canonical composition. The
/// runtime's own is a no-op under invariant globalization, hence the tables here.
/// </summary>
internal static class CanonicalComposition
{
    // Every character below is in form C and composes with nothing before it.
    private const char FirstCombining = '\u0300';

    private static readonly Lazy<Tables> Data = new(Tables.Read);

    /// <summary>Well-formed text in form C.</summary>
    public static string Normalize(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', (char)(FirstCombining - 1)))
        {
            return text;
        }

        var tables = Data.Value;
        if (tables.IsComposed(text))
        {
            return text;
        }

        var codePoints = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(tables, rune.Value, codePoints);
        }

        var classes = codePoints.ConvertAll(tables.CombiningClass);
        Order(codePoints, classes);
        return Compose(tables, codePoints, classes);
    }

    private static void Decompose(Tables tables, int codePoint, List<int> output)
    {
        if (Hangul.IsSyllable(codePoint))
        {
            Hangul.Decompose(codePoint, output);
        }
        else if (tables.Decompositions.TryGetValue(codePoint, out var parts))
        {
            foreach (var part in parts)
            {
                Decompose(tables, part, output);
            }
        }
        else
        {
            output.Add(codePoint);
        }
    }

    // Stable order by combining class within each run of marks.
    private static void Order(List<int> codePoints, List<int> classes)
    {
        for (var start = 0; start < classes.Count; start++)
        {
            var end = start;
            while (end < classes.Count && classes[end] != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] order = [.. Enumerable.Range(start, end - start).OrderBy(i => classes[i])];
                int[] marks = [.. order.Select(i => codePoints[i])];
                int[] sorted = [.. order.Select(i => classes[i])];
                for (var i = 0; i < marks.Length; i++)
                {
                    codePoints[start + i] = marks[i];
                    classes[start + i] = sorted[i];
                }
            }

            start = end;
        }
    }

    private static string Compose(Tables tables, List<int> codePoints, List<int> classes)
    {
        var composed = new List<int>(codePoints.Count);
        var starter = -1;
        var lastClass = -1;
        for (var i = 0; i < codePoints.Count; i++)
        {
            // A mark reaches its starter unless one of the same or a higher class, or a starter, stands between.
            if (starter >= 0 && lastClass < classes[i] && tables.TryCompose(composed[starter], codePoints[i], out var pair))
            {
                composed[starter] = pair;
                continue;
            }

            lastClass = classes[i];
            if (lastClass == 0)
            {
                starter = composed.Count;
                lastClass = -1;
            }

            composed.Add(codePoints[i]);
        }

        var output = new StringBuilder(composed.Count);
        foreach (var codePoint in composed)
        {
            UnicodeText.Append(output, new Rune(codePoint));
        }

        return output.ToString();
    }

    /// <summary>Syllables of Hangul, which Unicode composes by arithmetic (section 3.12).</summary>
    private static class Hangul
    {
        public const int FirstVowel = Vowels;
        public const int EndOfTails = Tails + TailCount;

        private const int Syllables = 0xAC00;
        private const int Leads = 0x1100;
        private const int Vowels = 0x1161;
        private const int Tails = 0x11A7;
        private const int LeadCount = 19;
        private const int VowelCount = 21;
        private const int TailCount = 28;

        public static bool IsSyllable(int codePoint) =>
            codePoint is >= Syllables and < Syllables + (LeadCount * VowelCount * TailCount);

        public static void Decompose(int syllable, List<int> output)
        {
            var index = syllable - Syllables;
            output.Add(Leads + (index / (VowelCount * TailCount)));
            output.Add(Vowels + (index / TailCount % VowelCount));
            if (index % TailCount > 0)
            {
                output.Add(Tails + (index % TailCount));
            }
        }

        public static bool TryCompose(int first, int second, out int composed)
        {
            if (first is >= Leads and < Leads + LeadCount && second is >= Vowels and < Vowels + VowelCount)
            {
                composed = Syllables + ((((first - Leads) * VowelCount) + second - Vowels) * TailCount);
                return true;
            }

            composed = first + second - Tails;
            return IsSyllable(first) && (first - Syllables) % TailCount == 0 && second is > Tails and < Tails + TailCount;
        }
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, int> _classes = [];
        private readonly Dictionary<(int First, int Second), int> _compositions = [];

        // Characters that form C replaces, reorders or may compose with what stands before them (NFC_Quick_Check No or Maybe).
        private readonly HashSet<int> _unstable = [.. Enumerable.Range(Hangul.FirstVowel, Hangul.EndOfTails - Hangul.FirstVowel)];

        public Dictionary<int, int[]> Decompositions { get; } = [];

        public static Tables Read()
        {
            var tables = new Tables();
            foreach (var line in TextResource.Lines("canonical-forms.txt"))
            {
                var fields = line.Split(' ');
                if (fields[0] == "ccc")
                {
                    tables.AddClass(int.Parse(fields[1], CultureInfo.InvariantCulture), fields[2..]);
                }
                else
                {
                    tables.AddDecomposition(fields[0], [.. fields[1..].Select(CodePoint)]);
                }
            }

            return tables;
        }

        /// <summary>Whether no character can change: certainly in form C (UAX 15, section 9). False is no verdict.</summary>
        public bool IsComposed(string text)
        {
            foreach (var rune in text.EnumerateRunes())
            {
                if (_unstable.Contains(rune.Value))
                {
                    return false;
                }
            }

            return true;
        }

        public int CombiningClass(int codePoint) => _classes.GetValueOrDefault(codePoint);

        public bool TryCompose(int first, int second, out int composed) =>
            _compositions.TryGetValue((first, second), out composed) || Hangul.TryCompose(first, second, out composed);

        private void AddClass(int combiningClass, string[] ranges)
        {
            foreach (var range in ranges)
            {
                var bounds = range.Split('-');
                for (var codePoint = CodePoint(bounds[0]); codePoint <= CodePoint(bounds[^1]); codePoint++)
                {
                    _classes[codePoint] = combiningClass;
                    _unstable.Add(codePoint);
                }
            }
        }

        private void AddDecomposition(string character, int[] parts)
        {
            var codePoint = CodePoint(character.TrimEnd('!'));
            Decompositions[codePoint] = parts;
            if (character.EndsWith('!'))
            {
                _unstable.Add(codePoint);
            }
            else
            {
                _compositions[(parts[0], parts[1])] = codePoint;
                _unstable.Add(parts[1]);
            }
        }

        private static int CodePoint(string hexadecimal) =>
            int.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
