namespace WorldModelActors.Media;

/// <summary>
/// The codecs (four-character codes) that each container takes as they are. For others FFmpeg would guess, print its own
/// messages to the terminal, or write files that few players open.
/// </summary>
public static class VideoCodec
{
    private static readonly Dictionary<string, string[]> ByContainer = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mp4"] = ["mp4v", "avc1", "vp09", "av01"],
        [".mov"] = ["mp4v", "avc1"],
        [".mkv"] = ["mp4v", "avc1", "VP90", "MJPG", "FFV1"],
        [".avi"] = ["mp4v", "MJPG", "XVID", "FFV1"],
    };

    /// <summary>Checks a video's name and codec before anything is written.</summary>
    /// <exception cref="MediaException">The extension is no known container, or the container does not take the codec.</exception>
    public static void Require(string codec, string path)
    {
        if (!ByContainer.TryGetValue(Path.GetExtension(path), out var codecs))
        {
            throw new MediaException($"{path}: a video's name ends in {string.Join(", ", ByContainer.Keys)}.");
        }

        if (!codecs.Contains(codec, StringComparer.Ordinal))
        {
            throw new MediaException($"{path}: codec '{codec}' is not known for {Path.GetExtension(path)} videos; use {string.Join(", ", codecs)}.");
        }
    }
}
