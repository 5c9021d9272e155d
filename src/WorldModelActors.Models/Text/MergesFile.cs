using System.IO.Compression;
using System.Text;

namespace WorldModelActors.Models;

/// <summary>Finds and reads the file of byte-pair merges that a <see cref="ClipVocabulary"/> is made from.</summary>
internal static class MergesFile
{
    public const string EnvironmentVariable = "WMA_CLIP_VOCAB";

    // The standard file unpacks to 3 MB; anything far beyond is not a merges file.
    private const int MaximumBytes = 64 << 20;

    private static readonly string[] NamesBesideTheModel = ["merges.txt.gz", "bpe_simple_vocab_16e6.txt.gz"];

    public static string Locate(string? explicitPath, string? modelDirectory, string? environmentPath)
    {
        if (!string.IsNullOrEmpty(explicitPath))
        {
            return Existing(explicitPath, "--clip-vocab");
        }

        if (!string.IsNullOrEmpty(modelDirectory))
        {
            foreach (var name in NamesBesideTheModel)
            {
                var path = Path.Combine(modelDirectory, name);
                if (File.Exists(path))
                {
                    return path;
                }
            }
        }

        if (!string.IsNullOrEmpty(environmentPath))
        {
            return Existing(environmentPath, EnvironmentVariable);
        }

        var place = string.IsNullOrEmpty(modelDirectory) ? "no model directory to look in" : $"none in {modelDirectory}";
        throw new ClipVocabularyException(
            $"No CLIP merges file ({place}): give one with --clip-vocab FILE or {EnvironmentVariable}=FILE; every OpenCLIP "
            + "installation ships it as open_clip/bpe_simple_vocab_16e6.txt.gz.");
    }

    public static IReadOnlyList<(string Left, string Right)> Read(string path, int? vocabularySize)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (vocabularySize < ClipVocabulary.SizeWithoutMerges)
        {
            throw new ClipVocabularyException(
                $"A CLIP vocabulary has at least {ClipVocabulary.SizeWithoutMerges} ids, but the model's text configuration says vocab_size {vocabularySize}.");
        }

        var wanted = vocabularySize - ClipVocabulary.SizeWithoutMerges;
        var merges = Parse(path, Text(path), wanted ?? ClipVocabulary.StandardMergeCount);
        if (merges.Count < wanted)
        {
            throw new ClipVocabularyException(
                $"{path} holds {merges.Count} merges, but a vocabulary of {vocabularySize} ids needs {wanted}: give the merges file that belongs to the model with --clip-vocab FILE.");
        }

        return merges;
    }

    private static string Existing(string path, string source) => File.Exists(path)
        ? path
        : throw new ClipVocabularyException($"CLIP merges file {path} (from {source}) does not exist.");

    private static List<(string Left, string Right)> Parse(string path, string text, int limit)
    {
        var lines = text.Split('\n');
        var merges = new List<(string, string)>(Math.Min(limit, lines.Length));
        for (var i = 1; i < lines.Length && merges.Count < limit; i++)
        {
            var symbols = lines[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (symbols.Length == 0 && i == lines.Length - 1)
            {
                break;
            }

            if (symbols.Length != 2)
            {
                throw new ClipVocabularyException(
                    $"{path}, line {i + 1}: a merge is two symbols, this line has {symbols.Length}; the file should be OpenCLIP's bpe_simple_vocab_16e6.txt.gz or one in its format.");
            }

            merges.Add((symbols[0], symbols[1]));
        }

        return merges;
    }

    private static string Text(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var zipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            using Stream stream = zipped ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var content = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                if (content.Length + read > MaximumBytes)
                {
                    throw new ClipVocabularyException($"{path} is longer than {MaximumBytes >> 20} MiB: not a merges file.");
                }

                content.Write(buffer, 0, read);
            }

            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content.GetBuffer(), 0, (int)content.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new ClipVocabularyException($"{path} is not a merges file: it is not UTF-8 text.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ClipVocabularyException($"CLIP merges file {path} cannot be read: {e.Message}", e);
        }
    }
}
