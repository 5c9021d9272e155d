namespace WorldModelActors.Media;

/// <summary>
/// The folder of one episode: <c>video.mp4</c>, <c>contact-sheet.png</c>, <c>trajectory.safetensors</c>, <c>episode.json</c>
/// and, where it is asked for, <c>policy-video.mp4</c>. While it is open no other process can write to it.
/// </summary>
public sealed class EpisodeFolder : IDisposable
{
    private const string LockName = ".wma-lock";
    private readonly FileStream _lock;

    private EpisodeFolder(string root, FileStream @lock)
    {
        Root = root;
        _lock = @lock;
    }

    /// <summary>The folder as given.</summary>
    public string Root { get; }

    public string VideoPath => Path.Combine(Root, "video.mp4");

    public string PolicyVideoPath => Path.Combine(Root, "policy-video.mp4");

    public string ContactSheetPath => Path.Combine(Root, "contact-sheet.png");

    public string TrajectoryPath => Path.Combine(Root, "trajectory.safetensors");

    public string RecordPath => RecordPathOf(Root);

    /// <summary>Opens the folder, which is made where it is missing.</summary>
    /// <exception cref="MediaException">It cannot be written to, or another process writes to it.</exception>
    public static EpisodeFolder Open(string root)
    {
        RequireWritable(root);
        try
        {
            return new EpisodeFolder(root, new FileStream(
                Path.Combine(root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException cause)
        {
            throw new MediaException($"{root}: another process is writing this episode ({cause.Message}); wait for it or choose another --out.", cause);
        }
    }

    /// <summary>Makes a folder and checks that files can be written to it.</summary>
    /// <exception cref="MediaException">They cannot.</exception>
    public static void RequireWritable(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
            var probe = Path.Combine(root, $".wma-probe-{Guid.NewGuid():N}");
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MediaException($"{root}: cannot be written to ({cause.Message}); choose another --out.", cause);
        }
    }

    /// <summary>The record of the episode that a folder holds; null where it holds none that can be read.</summary>
    public static EpisodeRecord? ReadRecord(string root)
    {
        try
        {
            return EpisodeRecord.FromJson(File.ReadAllText(RecordPathOf(root)));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Deletes what an earlier run left.</summary>
    /// <exception cref="MediaException">A file cannot be deleted.</exception>
    public void Clear()
    {
        foreach (var path in new[] { RecordPath, VideoPath, PolicyVideoPath, ContactSheetPath, TrajectoryPath })
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                throw new MediaException($"{path}: cannot be replaced ({cause.Message}); choose another --out.", cause);
            }
        }
    }

    /// <summary>Begins the videos and the contact sheet; the caller disposes what it gets.</summary>
    /// <param name="expectedFrames">Executed frames that will come.</param>
    /// <param name="options">How they are kept.</param>
    public EpisodeVideos BeginVideos(long expectedFrames, VideoOptions options) =>
        new(VideoPath, PolicyVideoPath, ContactSheetPath, expectedFrames, options);

    /// <summary>Writes <c>episode.json</c>; whoever looks sees the old file or the complete new one.</summary>
    /// <exception cref="MediaException">It cannot be written.</exception>
    public void Write(EpisodeRecord record)
    {
        try
        {
            var part = RecordPath + ".part";
            File.WriteAllText(part, record.ToJson());
            File.Move(part, RecordPath, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"{RecordPath}: cannot be written ({cause.Message}).", cause);
        }
    }

    /// <summary>Lets others write to the folder.</summary>
    public void Dispose() => _lock.Dispose();

    private static string RecordPathOf(string root) => Path.Combine(root, "episode.json");
}
