using System.Security.Cryptography;
using WorldModelActors.Episodes;
using WorldModelActors.Media;
using WorldModelActors.Torch;

namespace WorldModelActors.Reliability;

/// <summary>What a completed episode left: digests of everything that must be the same in every run.</summary>
/// <param name="Video">Digest of the video file.</param>
/// <param name="Frames">Digest of each decoded frame.</param>
/// <param name="Tensors">Digest of each tensor of the trajectory, with its type and shape.</param>
public sealed record EpisodeOutput(string Video, IReadOnlyList<string> Frames, IReadOnlyDictionary<string, string> Tensors)
{
    /// <summary>Reads the results.</summary>
    /// <exception cref="InvalidOperationException">One of them is not there.</exception>
    public static EpisodeOutput Read(EpisodeFiles files, EpisodeView episode)
    {
        var video = PathOf(files, episode, ".mp4");
        return new EpisodeOutput(Digest(File.ReadAllBytes(video)), FramesOf(video), TensorsOf(PathOf(files, episode, ".safetensors")));
    }

    /// <summary>Every difference from another run, one line each.</summary>
    public IEnumerable<string> DifferencesFrom(EpisodeOutput other)
    {
        if (Frames.Count != other.Frames.Count)
        {
            yield return $"{Frames.Count} frames instead of {other.Frames.Count}";
        }

        if (Enumerable.Range(0, Math.Min(Frames.Count, other.Frames.Count)).Where(i => Frames[i] != other.Frames[i]).ToList() is { Count: > 0 } differing)
        {
            yield return $"frames {string.Join(", ", differing)} are not those of the undisturbed run";
        }

        foreach (var name in Tensors.Keys.Union(other.Tensors.Keys).Order(StringComparer.Ordinal))
        {
            if (Tensors.GetValueOrDefault(name) != other.Tensors.GetValueOrDefault(name))
            {
                yield return $"tensor {name} of the trajectory is not that of the undisturbed run";
            }
        }

        if (Video != other.Video)
        {
            yield return "the video file has other bytes than that of the undisturbed run";
        }
    }

    private static string PathOf(EpisodeFiles files, EpisodeView episode, string extension) =>
        episode.Results.SingleOrDefault(file => Path.GetExtension(file.Name) == extension) is { } file
            ? files.PathOf(episode.Id, file)
            : throw new InvalidOperationException($"episode {episode.Id} has no result of kind {extension}");

    private static List<string> FramesOf(string path)
    {
        using var reader = VideoReader.Open(path);
        var frames = new List<string>();
        while (reader.Read() is { } frame)
        {
            using (frame)
            {
                frames.Add(Digest(frame.Pixels));
            }
        }

        return frames;
    }

    private static Dictionary<string, string> TensorsOf(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Entries.ToDictionary(entry => entry.Name, entry => $"{entry.Type} [{string.Join(", ", entry.Shape)}] {Digest(file.Bytes(entry.Name))}", StringComparer.Ordinal);
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
