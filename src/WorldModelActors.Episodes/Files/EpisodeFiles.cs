using System.Globalization;
using System.Text.RegularExpressions;
using WorldModelActors.Torch;

namespace WorldModelActors.Episodes;

/// <summary>
/// The files beside the store: <c>episodes/ab/abcd.../</c> with the observation queues and the frames of each iteration. The
/// names hold the epoch, so that an owner whose lease is gone cannot touch its successor's files. A file counts when the
/// journal names it; until then it is litter. Folders 0700, files 0600.
/// </summary>
public sealed partial class EpisodeFiles
{
    /// <summary>Checkpoints that are kept: the last one, and one to fall back to.</summary>
    public const int CheckpointsKept = 2;

    private readonly string _episodes;

    private EpisodeFiles(string root)
    {
        Root = root;
        _episodes = Path.Combine(root, "episodes");
    }

    /// <summary>The state folder.</summary>
    public string Root { get; }

    /// <summary>Opens a state folder, which is made where it is missing.</summary>
    /// <exception cref="StoreException">It cannot be made.</exception>
    public static EpisodeFiles Open(string root)
    {
        var files = new EpisodeFiles(Path.GetFullPath(root));
        try
        {
            PrivateFolder.Create(files._episodes);
            return files;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Of(files._episodes, cause);
        }
    }

    /// <summary>The folder of an episode.</summary>
    /// <exception cref="StoreException">The id is none.</exception>
    public string FolderOf(string episodeId) => Id().IsMatch(episodeId)
        ? Path.Combine(_episodes, episodeId[..2], episodeId)
        : throw new StoreException($"'{episodeId}' is no episode id");

    /// <summary>The path of a file of an episode.</summary>
    /// <exception cref="StoreException">The name would lead out of the episode's folder.</exception>
    public string PathOf(string episodeId, StoredFile file) => Path.GetFileName(file.Name) == file.Name && file.Name is not ("" or "." or "..")
        ? Path.Combine(FolderOf(episodeId), file.Name)
        : throw new StoreException($"episode {episodeId}: the journal names the file '{file.Name}', which lies outside of the episode's folder; run wma store check");

    /// <summary>Writes the observation queues after an iteration.</summary>
    /// <exception cref="DiskFullException">There is no space left; nothing has changed.</exception>
    public StoredFile WriteQueue(Claim claim, int iteration, IReadOnlyList<NamedArray> arrays)
    {
        var writer = new SafetensorsWriter().Metadata("episode", claim.EpisodeId).Metadata("iteration", iteration.ToString(CultureInfo.InvariantCulture));
        foreach (var array in arrays)
        {
            writer.Add(array.Name, array.Type, array.Shape, array.Data);
        }

        var name = Name(claim, "queue", iteration, ".safetensors");
        var (bytes, digest) = DurableFile.Write(Path.Combine(Prepare(claim.EpisodeId), name), stream => writer.Write(stream));
        return new StoredFile(StoredFileKind.Queue, name, bytes, digest);
    }

    /// <summary>Writes the frames of an iteration.</summary>
    /// <param name="claim">The owner.</param>
    /// <param name="iteration">The iteration.</param>
    /// <param name="extension">Kind of video, e.g. <c>.mp4</c>.</param>
    /// <param name="write">Writes the file whose path it gets, and closes it.</param>
    /// <exception cref="DiskFullException">There is no space left; nothing has changed.</exception>
    public StoredFile WriteSegment(Claim claim, int iteration, string extension, Action<string> write) =>
        WriteAt(claim, StoredFileKind.Segment, Name(claim, "segment", iteration, extension), write);

    /// <summary>Writes a file of the result, e.g. <c>video.mp4</c>.</summary>
    /// <exception cref="DiskFullException">There is no space left; nothing has changed.</exception>
    public StoredFile WriteResult(Claim claim, string name, Action<string> write) =>
        WriteAt(claim, StoredFileKind.Result, string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(name)}.e{claim.Epoch}{Path.GetExtension(name)}"), write);

    /// <summary>Whether a file is here at all; what is in it is not looked at.</summary>
    public bool Has(string episodeId, StoredFile file) => File.Exists(PathOf(episodeId, file));

    /// <summary>Fetches a file that is not here from other nodes, whole and as the journal knows it, or not at all.</summary>
    /// <returns>Whether it is here now.</returns>
    /// <exception cref="StoreException">It cannot be written here.</exception>
    public async Task<bool> FetchAsync(IFileExchange exchange, string episodeId, StoredFile file, string? writer, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        Prepare(episodeId);
        return await DurableFile.ReceiveAsync(
            PathOf(episodeId, file),
            stream => exchange.FetchAsync(episodeId, file, writer, stream, stop),
            (bytes, digest) => bytes == file.Bytes && digest == file.Sha256).ConfigureAwait(false);
    }

    /// <summary>Opens a finished file for who asks for it by name; null where there is none of that name.</summary>
    public FileStream? OpenRead(string episodeId, string name)
    {
        if (!Id().IsMatch(episodeId) || Path.GetFileName(name) != name || EpochOf(name) is null || DurableFile.IsTemporary(name))
        {
            return null;
        }

        try
        {
            // Whoever owns the episode may delete it meanwhile.
            return new FileStream(Path.Combine(FolderOf(episodeId), name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads observation queues.</summary>
    /// <exception cref="StoreException">The file is not what the journal says.</exception>
    public IReadOnlyList<NamedArray> ReadQueue(string episodeId, StoredFile file)
    {
        if (Damage(episodeId, file) is { } damage)
        {
            throw new StoreException($"episode {episodeId}: {damage}");
        }

        using var content = SafetensorsFile.Open(PathOf(episodeId, file));
        return [.. content.Entries.Select(entry => new NamedArray(entry.Name, entry.Type, entry.Shape, content.Bytes(entry.Name).ToArray()))];
    }

    /// <summary>What is wrong with a file, one line; null where it is as the journal says.</summary>
    public string? Damage(string episodeId, StoredFile file)
    {
        var path = PathOf(episodeId, file);
        try
        {
            return DurableFile.Measure(path) switch
            {
                null => $"{path} is missing",
                var (bytes, _) when bytes != file.Bytes => string.Create(CultureInfo.InvariantCulture, $"{path} has {bytes} bytes instead of {file.Bytes}"),
                var (_, digest) when digest != file.Sha256 => $"{path} has another checksum than the journal",
                _ => null,
            };
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read ({cause.Message})";
        }
    }

    /// <summary>Names of an episode's files that none of these is.</summary>
    public IReadOnlyList<string> Litter(string episodeId, IEnumerable<StoredFile> known)
    {
        var folder = FolderOf(episodeId);
        var names = known.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(name => !names.Contains(name)).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>The epoch in a file's name, also while it is being written; null where it has none.</summary>
    public static long? EpochOf(string name)
    {
        var match = Epoch().Match(name);
        return match.Success ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The iteration of a checkpoint's name; null where it is none.</summary>
    public static int? QueueIterationOf(string name)
    {
        var match = Queue().Match(name);
        return match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Deletes files of an episode.</summary>
    public void Delete(string episodeId, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            DurableFile.DeleteQuietly(Path.Combine(FolderOf(episodeId), Path.GetFileName(name)));
        }
    }

    private static string Name(Claim claim, string what, int iteration, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}-{iteration:D6}.e{claim.Epoch}{extension}");

    private StoredFile WriteAt(Claim claim, StoredFileKind kind, string name, Action<string> write)
    {
        var (bytes, digest) = DurableFile.WriteAt(Path.Combine(Prepare(claim.EpisodeId), name), write);
        return new StoredFile(kind, name, bytes, digest);
    }

    /// <summary>The folder of an episode; made, and flushed into its parents, where it is missing.</summary>
    private string Prepare(string episodeId)
    {
        var folder = FolderOf(episodeId);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        try
        {
            PrivateFolder.Create(folder);
            Posix.FlushFolder(Path.GetDirectoryName(folder)!);
            Posix.FlushFolder(_episodes);
            return folder;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Of(folder, cause);
        }
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex Id();

    [GeneratedRegex(@"^queue-(\d{6,9})\.e\d+\.safetensors$")]
    private static partial Regex Queue();

    // Writers of videos put their own ".part" in front of the extension while they write.
    [GeneratedRegex(@"\.e(\d{1,18})\.(?:part\.)?[^.]*$")]
    private static partial Regex Epoch();
}
