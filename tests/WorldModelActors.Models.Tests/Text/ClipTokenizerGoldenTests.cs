namespace WorldModelActors.Models.Tests;

public class ClipTokenizerGoldenTests
{
    [Fact]
    public void All_golden_strings_have_the_reference_ids()
    {
        var (strings, ids) = TextTestData.Golden();
        var tokenizer = new ClipTokenizer(ClipVocabulary.Load(TextTestData.StandardMerges(), vocabularySize: 49408));

        Assert.Equal(strings.Length * ClipTokenizer.ContextLength, ids.Length);
        Assert.Equal(ids, tokenizer.Tokenize(strings));
    }

    [Fact]
    public void The_standard_merges_make_49408_ids()
    {
        var vocabulary = ClipVocabulary.Load(TextTestData.StandardMerges());

        Assert.Equal((49408, 49406, 49407), (vocabulary.Size, vocabulary.StartOfText, vocabulary.EndOfText));
    }

    [Fact]
    public void Damaged_prompts_are_repaired_as_the_reference_does() => Assert.All(
        TextTestData.ReferencePrompts(), prompt => Assert.Equal(prompt.Fixed, TextFixer.Fix(prompt.Text)));

    [Fact]
    public void Damaged_prompts_are_cleaned_as_the_reference_does() => Assert.All(
        TextTestData.ReferencePrompts(), prompt => Assert.Equal(prompt.Cleaned, PromptCleaner.Clean(prompt.Text)));

    [Fact]
    public void Damaged_prompts_have_the_reference_ids() => Assert.All(TextTestData.ReferencePrompts(), prompt =>
    {
        var ids = TextTestData.Demo.Tokenize(prompt.Text);
        Assert.Equal(prompt.Ids, ids[..prompt.Ids.Length]);
        Assert.All(ids[prompt.Ids.Length..], id => Assert.Equal(0, id));
    });
}
