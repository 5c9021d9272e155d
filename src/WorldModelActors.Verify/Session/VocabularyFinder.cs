using WorldModelActors.Models;

namespace WorldModelActors.Verify;

/// <summary>Finds the CLIP merges file for a golden set.</summary>
internal static class VocabularyFinder
{
    private const string StandardName = "bpe_simple_vocab_16e6.txt.gz";

    /// <summary>
    /// The file that was named, else one beside the model, else what <c>WMA_CLIP_VOCAB</c> names, else one in a folder
    /// <c>clip-vocab</c> beside the directory or in <c>../shared</c> of the working directory; null where there is none or the name
    /// is empty.
    /// </summary>
    /// <exception cref="ClipVocabularyException">A file that was named does not exist.</exception>
    public static string? Find(string? named, string directory)
    {
        if (named is "")
        {
            return null;
        }

        if (named is not null || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WMA_CLIP_VOCAB")))
        {
            return ClipVocabulary.Locate(named, directory);
        }

        try
        {
            return ClipVocabulary.Locate(null, directory);
        }
        catch (ClipVocabularyException)
        {
            string[] folders = [Path.Combine(directory, "..", "clip-vocab"), Path.Combine(Environment.CurrentDirectory, "..", "shared", "clip-vocab")];
            return folders.Select(folder => Path.GetFullPath(Path.Combine(folder, StandardName))).FirstOrDefault(File.Exists);
        }
    }
}
