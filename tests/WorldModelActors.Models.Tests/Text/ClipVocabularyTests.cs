using System.IO.Compression;
using System.Text;

namespace WorldModelActors.Models.Tests;

public sealed class ClipVocabularyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("wma-vocabulary-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_demo_merges_make_554_ids()
    {
        var vocabulary = ClipVocabulary.Load(TextTestData.DemoMerges);

        Assert.Equal((554, 552, 553), (vocabulary.Size, vocabulary.StartOfText, vocabulary.EndOfText));
        Assert.Equal("the</w>"u8, vocabulary.Bytes(513));
    }

    [Fact]
    public void Merges_are_cut_to_the_model()
    {
        var vocabulary = ClipVocabulary.Load(TextTestData.DemoMerges, vocabularySize: 516);

        Assert.Equal(516, vocabulary.Size);
        Assert.Equal(513, new ClipTokenizer(vocabulary).Encode("the")[0]);
        Assert.Equal(5, new ClipTokenizer(vocabulary).Encode("block").Count);
    }

    [Theory]
    [InlineData("#version: 1\nt h\nth e</w>")]
    [InlineData("#version: 1\nt h\nth e</w>\n")]
    [InlineData("#version: 1\r\nt h\r\nth e</w>\r\n")]
    public void Plain_text_and_a_last_line_feed_are_fine(string content)
    {
        var vocabulary = ClipVocabulary.Load(FileOf(content));

        Assert.Equal(516, vocabulary.Size);
        Assert.Equal([513], new ClipTokenizer(vocabulary).Encode("the"));
    }

    [Fact]
    public void Too_few_merges_for_the_model_is_one_clear_error()
    {
        var error = Assert.Throws<ClipVocabularyException>(() => ClipVocabulary.Load(TextTestData.DemoMerges, 49408));

        Assert.Contains("holds 40 merges", error.Message, StringComparison.Ordinal);
        Assert.Contains("needs 48894", error.Message, StringComparison.Ordinal);
        Assert.Contains("--clip-vocab", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_smaller_than_the_bytes_is_refused() =>
        Assert.Contains("vocab_size 8", Assert.Throws<ClipVocabularyException>(
            () => ClipVocabulary.Load(TextTestData.DemoMerges, 8)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("#version: 1\nt h\nthree symbols here", "line 3")]
    [InlineData("#version: 1\n\nt h", "line 2")]
    public void A_line_that_is_no_merge_is_named(string content, string line)
    {
        var path = FileOf(content);
        var error = Assert.Throws<ClipVocabularyException>(() => ClipVocabulary.Load(path));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_text_is_refused()
    {
        Assert.Contains("UTF-8", Refused([0x23, 0xFF, 0xFE, 0x00]), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refused([0x1F, 0x8B, 0x00, 0x01, 0x02]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_unpacks_without_end_is_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 65; i++)
            {
                gzip.Write(zeros);
            }
        }

        Assert.Contains("64 MiB", Refused(packed.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Contains(
        Path.Combine(_directory, "absent.gz"),
        Assert.Throws<ClipVocabularyException>(() => ClipVocabulary.Load(Path.Combine(_directory, "absent.gz"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_explicit_file_comes_first_then_the_model_then_the_environment()
    {
        var (given, environment) = (FileOf("#\n"), FileOf("#\n"));
        Assert.Equal(environment, MergesFile.Locate(null, _directory, environment));
        Assert.Equal(environment, MergesFile.Locate(null, null, environment));

        var beside = Path.Combine(_directory, "bpe_simple_vocab_16e6.txt.gz");
        File.WriteAllText(beside, "#\n");
        Assert.Equal(given, MergesFile.Locate(given, _directory, environment));
        Assert.Equal(beside, MergesFile.Locate(null, _directory, environment));
        Assert.Equal(beside, MergesFile.Locate(null, _directory, null));

        var own = Path.Combine(_directory, "merges.txt.gz");
        File.WriteAllText(own, "#\n");
        Assert.Equal(own, MergesFile.Locate("", _directory, ""));
    }

    [Fact]
    public void No_merges_file_says_how_to_give_one()
    {
        var error = Assert.Throws<ClipVocabularyException>(() => MergesFile.Locate(null, _directory, null));

        Assert.Contains(_directory, error.Message, StringComparison.Ordinal);
        Assert.Contains("--clip-vocab FILE", error.Message, StringComparison.Ordinal);
        Assert.Contains("bpe_simple_vocab_16e6.txt.gz", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent.gz", "--clip-vocab")]
    [InlineData(null, "WMA_CLIP_VOCAB")]
    public void A_named_file_that_is_absent_is_an_error_and_not_passed_over(string? given, string source)
    {
        var environment = given is null ? "absent.gz" : FileOf("#\n");
        if (given is not null)
        {
            File.WriteAllText(Path.Combine(_directory, "merges.txt.gz"), "#\n");
        }

        var error = Assert.Throws<ClipVocabularyException>(() => MergesFile.Locate(given, _directory, environment));

        Assert.Contains("absent.gz", error.Message, StringComparison.Ordinal);
        Assert.Contains(source, error.Message, StringComparison.Ordinal);
    }

    private string Refused(byte[] content)
    {
        var path = FileOf(content);
        var message = Assert.Throws<ClipVocabularyException>(() => ClipVocabulary.Load(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        return message;
    }

    private string FileOf(string content) => FileOf(Encoding.UTF8.GetBytes(content));

    private string FileOf(byte[] content)
    {
        var path = Path.Combine(_directory, Path.GetRandomFileName());
        File.WriteAllBytes(path, content);
        return path;
    }
}
