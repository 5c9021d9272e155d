namespace WorldModelActors.Models.Tests;

public class ClipTokenizerTests
{
    private const long Start = 552;
    private const long End = 553;

    private static ClipTokenizer Tokenizer => TextTestData.Demo;

    [Fact]
    public void An_instruction_of_the_demo_model()
    {
        long[] expected = [Start, 522, 513, 528, 517, 519, 513, 538, End];

        Assert.Equal(expected.Concat(new long[68]), Tokenizer.Tokenize("Push the blue block\tto  the LEFT "));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n\u3000")]
    public void Text_without_words_is_start_and_end(string text) =>
        Assert.Equal(new[] { Start, End }.Concat(new long[75]), Tokenizer.Tokenize(text));

    [Fact]
    public void Long_text_is_cut_and_still_ends_with_the_end_id()
    {
        var ids = Tokenizer.Tokenize(string.Join(' ', Enumerable.Repeat("the", 200)));

        Assert.Equal([Start, .. Enumerable.Repeat(513L, 75), End], ids);
    }

    [Theory]
    [InlineData(74)]
    [InlineData(75)]
    [InlineData(76)]
    public void Cutting_begins_at_76_ids(int words)
    {
        var ids = Tokenizer.Tokenize(string.Join(' ', Enumerable.Repeat("the", words)));

        Assert.Equal(Math.Min(words, 75), ids.Count(id => id == 513));
        Assert.Equal(words >= 75 ? End : 0, ids[^1]);
    }

    [Fact]
    public void A_shorter_context_can_be_asked_for()
    {
        Assert.Equal([Start, 513, End], Tokenizer.Tokenize("the the", 3));
        Assert.Equal([Start, End], Tokenizer.Tokenize("the", 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Tokenize("the", 1));
    }

    [Fact]
    public void Several_texts_make_rows()
    {
        var rows = Tokenizer.Tokenize(["the", ""]);

        Assert.Equal([.. Tokenizer.Tokenize("the"), .. Tokenizer.Tokenize("")], rows);
    }

    [Fact]
    public void Special_tokens_written_out_become_their_ids() =>
        Assert.Equal([552, 513, 553], Tokenizer.Encode("<START_OF_TEXT> the <end_of_text>"));

    [Theory]
    [InlineData("it's we'll", "it", "'s", "we", "'ll")]
    [InlineData("!!'s", "!!'", "s")]
    [InlineData("'ſ", "'ſ")]
    [InlineData("a1b23", "a", "1", "b", "2", "3")]
    [InlineData("x² ⅷ", "x", "²", "ⅷ")]
    [InlineData("𝒥𝒥 𝟙𝟚", "𝒥𝒥", "𝟙", "𝟚")]
    [InlineData("क्षि", "क", "्", "ष", "ि")]
    [InlineData("a\u0345b", "a", "b")]
    [InlineData("😀🤖 ok", "😀🤖", "ok")]
    [InlineData("a_b-c", "a", "_", "b", "-", "c")]
    [InlineData("!<start_of_text>", "!<", "start", "_", "of", "_", "text", ">")]
    public void Words_are_letters_single_numbers_or_the_rest(string text, params string[] words) =>
        Assert.Equal(words, WordSplitter.Split(text));

    [Fact]
    public void Decode_writes_words_with_a_space_behind() =>
        Assert.Equal("<start_of_text>push the blue block ! <end_of_text>", Tokenizer.Decode([Start, 522, 513, 528, 517, 256, End]));

    [Fact]
    public void Decode_replaces_broken_utf8()
    {
        var euro = Tokenizer.Encode("€");

        Assert.Equal(3, euro.Count);
        Assert.Equal("\ufffd", Tokenizer.Decode([euro[0]]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(554)]
    [InlineData(long.MaxValue)]
    public void Decode_refuses_ids_that_the_vocabulary_lacks(long id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Decode([id]));

    [Fact]
    public void A_very_long_word_takes_no_quadratic_time()
    {
        var ids = Tokenizer.Encode(new string('t', 200_000) + "he");

        Assert.Equal(200_000, ids.Count);
        Assert.Equal(513, ids[^1]);
    }
}
