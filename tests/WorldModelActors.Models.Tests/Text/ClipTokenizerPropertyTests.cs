using FsCheck;
using FsCheck.Fluent;

namespace WorldModelActors.Models.Tests;

public class ClipTokenizerPropertyTests
{
    private static readonly string[] Pieces =
    [
        "push", "the", " ", "  ", "\t", "\n", "'s", "it’s", "é", "e\u0301", "Ã©", "â€œ", "â€\u009d", "ÃƒÂ©", "Р°", "√©", "ﬁ", "Ａ", "ｶﾞ",
        "&amp;", "&amp", "&eacute;", "&EACUTE;", "&#233;", "&#x1F600;", "&#0;", "<", "😀", "\ud83d", "\ude00", "\u0000", "\u001a",
        "\u0085", "\u009d", "\u00a0", "\u00ad", "\u0345", "Σ", "İ", "ſ", "\ufffd", "\ufeff", "\u001b[31m", "日本", "가", "각", "한",
        "<start_of_text>", "</w>", "?", "!", "1", "²",
    ];

    private static Gen<string> Texts => Gen.OneOf(
        Gen.Elements(Pieces).ArrayOf().Select(string.Concat),
        Gen.Choose(0, 0xFFFF).Select(unit => ((char)unit).ToString()).ArrayOf().Select(string.Concat),
        Gen.Choose(0x80, 0x4FF).Select(unit => ((char)unit).ToString()).ArrayOf().Select(string.Concat));

    [Fact]
    public void Every_text_gives_one_row_of_valid_ids() => Check(text =>
    {
        var tokenizer = TextTestData.Demo;
        var ids = tokenizer.Tokenize(text);

        Assert.Equal(ClipTokenizer.ContextLength, ids.Length);
        Assert.Equal(tokenizer.Vocabulary.StartOfText, ids[0]);
        Assert.Contains(tokenizer.Vocabulary.EndOfText, ids);
        Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.Vocabulary.Size - 1));
        Assert.Equal(ids, tokenizer.Tokenize(text));
    });

    [Fact]
    public void Decoding_gives_the_cleaned_text_back_but_for_spaces() => Check(text =>
    {
        var tokenizer = TextTestData.Demo;
        var ids = tokenizer.Encode(text).Select(id => (long)id);

        // The combining iota subscript belongs to no word.
        var cleaned = PromptCleaner.Clean(text).Replace("\u0345", "", StringComparison.Ordinal);
        Assert.Equal(WithoutSpaces(cleaned), WithoutSpaces(tokenizer.Decode(ids)));
    });

    [Fact]
    public void Decoded_text_encodes_to_the_same_ids_where_it_is_clean() => Check(text =>
    {
        var tokenizer = TextTestData.Demo;
        var decoded = tokenizer.Decode(tokenizer.Encode(text).Select(id => (long)id));
        if (PromptCleaner.Clean(decoded) == decoded.TrimEnd(' '))
        {
            Assert.Equal(
                WithoutSpaces(decoded),
                WithoutSpaces(tokenizer.Decode(tokenizer.Encode(decoded).Select(id => (long)id))));
        }
    });

    [Fact]
    public void Fixed_text_is_well_formed_and_stays_as_it_is_line_by_line() => Check(text =>
    {
        var line = TextFixer.Fix(text.Replace('\n', ' '));

        Assert.Equal(CharacterFixes.ReplaceLoneSurrogates(line), line);
        if (!line.Contains('\n', StringComparison.Ordinal))
        {
            Assert.Equal(line, TextFixer.Fix(line));
        }
    });

    [Fact]
    public void Cleaned_text_has_single_spaces_inside_and_none_outside() => Check(text =>
    {
        var cleaned = PromptCleaner.Clean(text);

        Assert.Equal(cleaned.Trim(), cleaned);
        Assert.DoesNotContain("  ", cleaned, StringComparison.Ordinal);
        Assert.DoesNotContain(cleaned, c => char.IsWhiteSpace(c) && c != ' ');
    });

    [Fact]
    public void Composition_is_idempotent() => Check(text =>
    {
        var composed = CanonicalComposition.Normalize(CharacterFixes.ReplaceLoneSurrogates(text));

        Assert.Equal(composed, CanonicalComposition.Normalize(composed));
    });

    [Fact]
    public void Merging_is_the_textbook_loop() => Prop.ForAll(
        Gen.Elements('a', 'b', 'c').NonEmptyListOf().Select(letters => string.Concat(letters)).ToArbitrary(),
        Gen.Elements(Merges).ArrayOf().ToArbitrary(),
        (word, merges) =>
        {
            var vocabulary = new ClipVocabulary(merges);
            var encoded = new BytePairEncoder(vocabulary).Encode(word).ToArray();
            Assert.Equal(TextbookMerge(word, merges), encoded.Select(id => System.Text.Encoding.UTF8.GetString(vocabulary.Bytes(id))));
        }).Check(Settings);

    private static readonly (string, string)[] Merges =
    [
        ("a", "b"), ("b", "a"), ("a", "a"), ("a", "b</w>"), ("ab", "a"), ("a", "ba"), ("ab", "c"), ("a", "bc"), ("b", "c"),
        ("abc", "a"), ("ab", "ab"), ("c", "a</w>"), ("aa", "aa"), ("b", "b"), ("bb", "c</w>"), ("c", "c"), ("cc", "ab"),
    ];

    private static Config Settings => Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20260101, 77);

    private static void Check(Action<string> law) => Prop.ForAll(Texts.ToArbitrary(), law).Check(Settings);

    private static string WithoutSpaces(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    // Sennrich et al. 2016, algorithm 1, literally.
    private static List<string> TextbookMerge(string word, (string, string)[] merges)
    {
        var ranks = new Dictionary<(string, string), int>();
        for (var rank = 0; rank < merges.Length; rank++)
        {
            ranks[merges[rank]] = rank;
        }

        List<string> symbols = [.. word[..^1].Select(c => c.ToString()), word[^1] + "</w>"];
        while (true)
        {
            var pairs = symbols.Zip(symbols.Skip(1)).Where(ranks.ContainsKey).ToArray();
            if (pairs.Length == 0)
            {
                return symbols;
            }

            var best = pairs.MinBy(pair => ranks[pair]);
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                if ((symbols[i], symbols[i + 1]) == best)
                {
                    symbols[i] += symbols[i + 1];
                    symbols.RemoveAt(i + 1);
                }
            }
        }
    }
}
