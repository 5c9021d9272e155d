using System.Text;

namespace WorldModelActors.Models;

/// <summary>
/// The symbols and merges of a CLIP byte-pair vocabulary. Ids, in order: 256 bytes, the same 256 bytes at the end of a
/// word (<c>&lt;/w&gt;</c>), one symbol per merge, <c>&lt;start_of_text&gt;</c>, <c>&lt;end_of_text&gt;</c>.
/// </summary>
public sealed class ClipVocabulary
{
    /// <summary>Ids that exist without any merge: the two byte alphabets and the two special tokens.</summary>
    public const int SizeWithoutMerges = (2 * ByteAlphabet.Size) + 2;

    /// <summary>Merges of OpenCLIP's vocabulary of 49408 ids; a longer merges file is cut here.</summary>
    public const int StandardMergeCount = 48_894;

    internal const string StartOfTextText = "<start_of_text>";
    internal const string EndOfTextText = "<end_of_text>";
    private const string EndOfWord = "</w>";

    private readonly byte[][] _bytesOfSymbol;
    private readonly Dictionary<(int Left, int Right), int> _rankOfPair;
    private readonly int[] _symbolOfRank;

    /// <summary>A vocabulary from merges in order of rank, each of two symbols in the byte alphabet's characters.</summary>
    public ClipVocabulary(IReadOnlyList<(string Left, string Right)> merges)
    {
        ArgumentNullException.ThrowIfNull(merges);
        Size = SizeWithoutMerges + merges.Count;
        var texts = new List<string>(Size);
        var idOf = new Dictionary<string, int>(Size);
        foreach (var ending in (ReadOnlySpan<string>)["", EndOfWord])
        {
            var alphabet = new string[ByteAlphabet.Size];
            for (var b = 0; b < ByteAlphabet.Size; b++)
            {
                alphabet[ByteAlphabet.Symbol((byte)b)] = ByteAlphabet.Character((byte)b) + ending;
            }

            texts.AddRange(alphabet);
        }

        texts.AddRange(merges.Select(merge => merge.Left + merge.Right));
        texts.Add(StartOfTextText);
        texts.Add(EndOfTextText);
        for (var id = 0; id < texts.Count; id++)
        {
            idOf[texts[id]] = id;
        }

        // A merge of a symbol that nothing makes keeps its id and never applies; two merges that spell the same symbol
        // share the later id. Both follow from OpenCLIP's dictionaries.
        _rankOfPair = new(merges.Count);
        _symbolOfRank = new int[merges.Count];
        for (var rank = 0; rank < merges.Count; rank++)
        {
            _symbolOfRank[rank] = idOf[merges[rank].Left + merges[rank].Right];
            if (idOf.TryGetValue(merges[rank].Left, out var left) && idOf.TryGetValue(merges[rank].Right, out var right))
            {
                _rankOfPair[(left, right)] = rank;
            }
        }

        _bytesOfSymbol = [.. texts.Select(Spell)];
    }

    /// <summary>Number of ids; token ids are 0 .. Size - 1.</summary>
    public int Size { get; }

    /// <summary>Id of <c>&lt;start_of_text&gt;</c> (49406 in the standard vocabulary).</summary>
    public int StartOfText => Size - 2;

    /// <summary>Id of <c>&lt;end_of_text&gt;</c> (49407 in the standard vocabulary).</summary>
    public int EndOfText => Size - 1;

    /// <summary>
    /// Reads a merges file in OpenCLIP's format, gzip or plain: a header line, then one merge of two symbols per line.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabularySize">
    /// Ids that the model's token embedding has (49408 for the full model); the merges are cut to it. Absent: all merges of the
    /// file, at most <see cref="StandardMergeCount"/>.
    /// </param>
    /// <exception cref="ClipVocabularyException">The file is missing, is no merges file, or has too few merges.</exception>
    public static ClipVocabulary Load(string path, int? vocabularySize = null) =>
        new(MergesFile.Read(path, vocabularySize));

    /// <summary>
    /// Finds the merges file of a model: <paramref name="explicitPath"/>, else <c>merges.txt.gz</c> or
    /// <c>bpe_simple_vocab_16e6.txt.gz</c> in the model's directory, else the file that the environment variable
    /// <c>WMA_CLIP_VOCAB</c> names. A model's own merges belong to its token embedding, the environment knows nothing of the model.
    /// </summary>
    /// <exception cref="ClipVocabularyException">There is none, or the one that was named does not exist.</exception>
    public static string Locate(string? explicitPath, string? modelDirectory) =>
        MergesFile.Locate(explicitPath, modelDirectory, Environment.GetEnvironmentVariable(MergesFile.EnvironmentVariable));

    internal bool TryGetMerge(int left, int right, out int rank) => _rankOfPair.TryGetValue((left, right), out rank);

    internal int MergedSymbol(int rank) => _symbolOfRank[rank];

    /// <summary>The bytes that a token stands for, its end-of-word mark spelled out as <c>&lt;/w&gt;</c>.</summary>
    internal ReadOnlySpan<byte> Bytes(int id) => _bytesOfSymbol[id];

    // Characters outside the byte alphabet cannot occur in text; a merges file that has them gets their UTF-8 form.
    private static byte[] Spell(string symbol)
    {
        var bytes = new List<byte>(symbol.Length);
        foreach (var rune in symbol.EnumerateRunes())
        {
            if (rune.IsBmp && ByteAlphabet.TryGetByte((char)rune.Value, out var value))
            {
                bytes.Add(value);
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
            }
        }

        return [.. bytes];
    }
}
