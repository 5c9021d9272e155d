using System.Text.RegularExpressions;

namespace WorldModelActors.Episodes;

/// <summary>The result files of a completed episode, e.g. <c>video.e3.mp4</c>: what it is, the epoch that made it, the kind of file.</summary>
public static partial class ResultFiles
{
    /// <summary>The file of a result: <c>video</c>, <c>trajectory</c>, <c>contact-sheet</c>, <c>episode</c>; null where there is none.</summary>
    public static StoredFile? Find(EpisodeView episode, string what) => episode.Results.FirstOrDefault(file => file.Kind == StoredFileKind.Result && NameOf(file) == what);

    /// <summary>What a result is: the first part of its name.</summary>
    public static string NameOf(StoredFile file) => Epoch().Replace(Path.GetFileNameWithoutExtension(file.Name), "");

    [GeneratedRegex(@"\.e\d+$")]
    private static partial Regex Epoch();
}
