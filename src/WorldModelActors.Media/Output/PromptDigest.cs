using System.Security.Cryptography;

namespace WorldModelActors.Media;

/// <summary>Names what an episode starts from by its content.</summary>
public static class PromptDigest
{
    /// <summary>SHA-256 (lower-case hexadecimal) of the picture, the transitions and the statistics of a prompt, one after the other.</summary>
    /// <exception cref="PromptDataException">A file cannot be read.</exception>
    public static string Of(PromptDirectory prompts, PromptRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in new[] { prompts.ImagePath(row), prompts.TransitionPath(row), prompts.StatisticsPath(row.Dataset) })
        {
            try
            {
                hash.AppendData(File.ReadAllBytes(path));
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                throw new PromptDataException($"{path}: cannot be read ({cause.Message}).", cause);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
