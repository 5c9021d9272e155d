using System.Runtime.CompilerServices;
using System.Text.Json;

namespace WorldModelActors.Models.Tests;

/// <summary>One prompt and what the reference implementation makes of it; ids without the padding zeros.</summary>
internal sealed record ReferencePrompt(string Text, string Fixed, string Cleaned, long[] Ids);

/// <summary>Vocabularies and recorded results for the tests of the tokenizer.</summary>
internal static class TextTestData
{
    private static readonly Lazy<ClipTokenizer> LazyDemo = new(() => new(ClipVocabulary.Load(DemoMerges)));

    /// <summary>The demo model's merges (40).</summary>
    public static string DemoMerges => RepositoryFiles.Demo("merges.txt.gz");

    /// <summary>A tokenizer with the demo model's vocabulary of 554 ids.</summary>
    public static ClipTokenizer Demo => LazyDemo.Value;

    /// <summary>The standard merges file; skips the running test where the machine has none.</summary>
    public static string StandardMerges()
    {
        var named = Environment.GetEnvironmentVariable("WMA_CLIP_VOCAB");
        var path = string.IsNullOrEmpty(named)
            ? Path.GetFullPath(Path.Combine(RepositoryFiles.Root, "..", "shared", "clip-vocab", "bpe_simple_vocab_16e6.txt.gz"))
            : named;
        Assert.SkipUnless(
            File.Exists(path), $"the standard CLIP merges file is not here ({path}); WMA_CLIP_VOCAB can name it");
        return path;
    }

    /// <summary>The strings of the golden file and their ids, <c>[strings, 77]</c> row by row.</summary>
    public static (string[] Strings, long[] Ids) Golden()
    {
        using var strings = JsonDocument.Parse(File.ReadAllText(RepositoryFiles.Golden("strings.json")));
        using var ids = SafetensorsFile.Open(RepositoryFiles.Golden("clip_text.safetensors"));
        return (
            [.. strings.RootElement.GetProperty("strings").EnumerateArray().Select(text => text.GetString()!)],
            ids.ReadInt64s("token_ids"));
    }

    /// <summary>Prompts of every kind of damage, with the reference implementation's results (demo vocabulary).</summary>
    public static IReadOnlyList<ReferencePrompt> ReferencePrompts([CallerFilePath] string here = "")
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "reference-prompts.json")));
        return
        [
            .. from prompt in file.RootElement.GetProperty("prompts").EnumerateArray()
               select new ReferencePrompt(
                   prompt.GetProperty("text").GetString()!,
                   prompt.GetProperty("fixed").GetString()!,
                   prompt.GetProperty("cleaned").GetString()!,
                   [.. prompt.GetProperty("ids").EnumerateArray().Select(id => id.GetInt64())]),
        ];
    }
}
