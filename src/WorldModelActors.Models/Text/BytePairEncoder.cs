using System.Collections.Concurrent;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// Splits one word into the ids of a <see cref="ClipVocabulary"/> (Sennrich et al. 2016): starting from bytes, the pair of
/// lowest rank is merged wherever it occurs, left to right, until no pair has a rank. Thread-safe; remembers words.
/// </summary>
internal sealed class BytePairEncoder(ClipVocabulary vocabulary)
{
    private const int RememberedWords = 1 << 14;
    private const int LongestRememberedWord = 64;

    private readonly ConcurrentDictionary<string, int[]> _remembered = new();

    /// <summary>Ids of a non-empty word of well-formed text.</summary>
    public ReadOnlySpan<int> Encode(string word)
    {
        if (_remembered.TryGetValue(word, out var known))
        {
            return known;
        }

        var ids = Merge(Encoding.UTF8.GetBytes(word));
        if (word.Length <= LongestRememberedWord && _remembered.Count < RememberedWords)
        {
            _remembered.TryAdd(word, ids);
        }

        return ids;
    }

    private int[] Merge(byte[] bytes)
    {
        var word = new Word(vocabulary, bytes);
        var due = new List<Pair>();
        while (word.Pairs.TryDequeue(out var pair, out var priority))
        {
            // All occurrences of one rank are merged before the pairs that these merges create are looked at: such a pair
            // may rank lower than the one just merged, and would otherwise overtake the remaining occurrences.
            due.Clear();
            due.Add(pair);
            while (word.Pairs.TryPeek(out var next, out var nextPriority) && nextPriority.Rank == priority.Rank)
            {
                word.Pairs.Dequeue();
                due.Add(next);
            }

            word.Merge(due, vocabulary.MergedSymbol(priority.Rank));
        }

        return word.Symbols();
    }

    private readonly record struct Pair(int Position, int Left, int Right);

    private readonly record struct Priority(int Rank, int Position) : IComparable<Priority>
    {
        public int CompareTo(Priority other) =>
            Rank != other.Rank ? Rank.CompareTo(other.Rank) : Position.CompareTo(other.Position);
    }

    /// <summary>A word as a linked list of _symbols (a merged-away place holds <see cref="Gone"/>) and its mergeable pairs.</summary>
    private sealed class Word
    {
        private const int Gone = -1;

        private readonly ClipVocabulary _vocabulary;
        private readonly int[] _symbols;
        private readonly int[] _next;
        private readonly int[] _previous;

        public Word(ClipVocabulary vocabulary, byte[] bytes)
        {
            _vocabulary = vocabulary;
            _symbols = [.. bytes.Select(ByteAlphabet.Symbol)];
            _symbols[^1] += ByteAlphabet.Size;
            _next = [.. Enumerable.Range(1, _symbols.Length)];
            _previous = [.. Enumerable.Range(-1, _symbols.Length)];
            for (var i = 0; i < _symbols.Length; i++)
            {
                Offer(i);
            }
        }

        public PriorityQueue<Pair, Priority> Pairs { get; } = new();

        public void Merge(List<Pair> pairs, int merged)
        {
            foreach (var pair in pairs)
            {
                var right = _next[pair.Position];
                if (_symbols[pair.Position] != pair.Left || right >= _symbols.Length || _symbols[right] != pair.Right)
                {
                    continue;
                }

                _symbols[pair.Position] = merged;
                _symbols[right] = Gone;
                _next[pair.Position] = _next[right];
                if (_next[right] < _symbols.Length)
                {
                    _previous[_next[right]] = pair.Position;
                }
            }

            foreach (var pair in pairs)
            {
                if (_symbols[pair.Position] == merged)
                {
                    Offer(pair.Position);
                    Offer(_previous[pair.Position]);
                }
            }
        }

        public int[] Symbols() => [.. _symbols.Where(symbol => symbol != Gone)];

        private void Offer(int position)
        {
            if (position < 0 || _next[position] >= _symbols.Length)
            {
                return;
            }

            var (left, right) = (_symbols[position], _symbols[_next[position]]);
            if (_vocabulary.TryGetMerge(left, right, out var rank))
            {
                Pairs.Enqueue(new(position, left, right), new(rank, position));
            }
        }
    }
}
