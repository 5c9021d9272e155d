using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// CLIP's text tokenizer (Radford et al. 2021) as OpenCLIP 2.22 has it: <see cref="PromptCleaner"/>, then words, then
/// byte-pair ids, equal to the reference's. What is a letter or a number follows the runtime's Unicode version. Thread-safe.
/// </summary>
public sealed class ClipTokenizer
{
    /// <summary>Tokens per text of every CLIP model.</summary>
    public const int ContextLength = 77;

    private readonly BytePairEncoder _encoder;

    public ClipTokenizer(ClipVocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
        _encoder = new(vocabulary);
    }

    /// <summary>The symbols and their ids.</summary>
    public ClipVocabulary Vocabulary { get; }

    /// <summary>What the text tower reads, <c>[77]</c>: <see cref="Tokenize(string, int)"/> with CLIP's context length.</summary>
    public long[] Tokenize(string text) => Tokenize(text, ContextLength);

    /// <summary>
    /// What the text tower reads, <c>[contextLength]</c>: start id, the text's ids, end id, zeros. Longer text is cut, the last
    /// id being the end id.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No room for the two special ids.</exception>
    public long[] Tokenize(string text, int contextLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 2);
        var ids = Encode(text, contextLength - 1);
        var row = new long[contextLength];
        row[0] = Vocabulary.StartOfText;
        var count = Math.Min(ids.Count, contextLength - 2);
        for (var i = 0; i < count; i++)
        {
            row[i + 1] = ids[i];
        }

        row[count + 1] = Vocabulary.EndOfText;
        return row;
    }

    /// <summary>As <see cref="Tokenize(string, int)"/> for several texts, row by row: <c>[texts, contextLength]</c>.</summary>
    public long[] Tokenize(IReadOnlyList<string> texts, int contextLength = ContextLength)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return [.. texts.SelectMany(text => Tokenize(text, contextLength))];
    }

    /// <summary>
    /// The ids of a text without start, end or padding. A special token that is written out in the text becomes its id.
    /// </summary>
    public IReadOnlyList<int> Encode(string text) => Encode(text, int.MaxValue);

    /// <summary>
    /// The text of ids: words end in a space, special tokens are written out, bytes that are not UTF-8 become U+FFFD. Padding
    /// is no special id (0 is the exclamation mark): cut it off first.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An id that the vocabulary lacks.</exception>
    public string Decode(IEnumerable<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Vocabulary.Size, nameof(ids));
            bytes.AddRange(Vocabulary.Bytes((int)id));
        }

        return Encoding.UTF8.GetString([.. bytes]).Replace("</w>", " ", StringComparison.Ordinal);
    }

    // Stops at the first word that reaches the limit: what lies behind is cut off anyway.
    private List<int> Encode(string text, int limit)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>();
        foreach (var word in WordSplitter.Split(PromptCleaner.Clean(text)))
        {
            switch (word)
            {
                case ClipVocabulary.StartOfTextText:
                    ids.Add(Vocabulary.StartOfText);
                    break;
                case ClipVocabulary.EndOfTextText:
                    ids.Add(Vocabulary.EndOfText);
                    break;
                default:
                    ids.AddRange(_encoder.Encode(word));
                    break;
            }

            if (ids.Count >= limit)
            {
                break;
            }
        }

        return ids;
    }
}
