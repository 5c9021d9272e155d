using System.Security.Cryptography;

namespace WorldModelActors.Episodes;

/// <summary>
/// Writes a file so that whoever looks sees the old one or the complete new one, whatever happens: into a temporary file
/// beside it, flushed to the disk, renamed, folder flushed. For its owner alone (0600).
/// </summary>
internal static class DurableFile
{
    /// <summary>The beginning of the name of a file that is being written. It ends like the final one: encoders choose the format by that.</summary>
    private const string Prefix = ".part-";

    /// <summary>Whether a name is that of a file that is being written, or was when its writer died.</summary>
    public static bool IsTemporary(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Writes a file through a stream.</summary>
    public static (long Bytes, string Sha256) Write(string path, Action<Stream> write) => WriteAt(path, temporary =>
    {
        using var stream = PrivateFile.Open(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        write(stream);
    });

    /// <summary>Writes a file that comes from elsewhere; nothing is left where it does not come, or not as it should be.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fetch">Writes the stream; false: there is no such file.</param>
    /// <param name="isRight">Whether length and checksum are those that it must have.</param>
    /// <returns>Whether it is there now.</returns>
    public static async Task<bool> ReceiveAsync(string path, Func<Stream, Task<bool>> fetch, Func<long, string, bool> isRight)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Temporary(path);
        try
        {
            var stream = PrivateFile.Open(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            await using (stream.ConfigureAwait(false))
            {
                if (!await fetch(stream).ConfigureAwait(false))
                {
                    return false;
                }
            }

            if (Seal(temporary) is var (bytes, digest) && !isRight(bytes, digest))
            {
                return false;
            }

            File.Move(temporary, path, overwrite: true);
            Posix.FlushFolder(folder);
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Of(path, cause);
        }
        finally
        {
            DeleteQuietly(temporary);
        }
    }

    /// <summary>Writes a file by a writer that wants a path.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the file whose path it gets, and closes it.</param>
    /// <exception cref="StoreException">It cannot be written; what was there before is untouched.</exception>
    public static (long Bytes, string Sha256) WriteAt(string path, Action<string> write)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Temporary(path);
        try
        {
            write(temporary);
            var result = Seal(temporary);
            File.Move(temporary, path, overwrite: true);
            Posix.FlushFolder(folder);
            return result;
        }
        catch (Exception cause)
        {
            DeleteQuietly(temporary);
            if (cause is OperationCanceledException or StoreException)
            {
                throw;
            }

            throw FileErrors.Of(path, cause);
        }
    }

    /// <summary>Length and SHA-256 of a file; null where it is missing.</summary>
    public static (long Bytes, string Sha256)? Measure(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return (stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // What is left is found by the next claim and by wma store check.
        }
    }

    private static string Temporary(string path) => Path.Combine(Path.GetDirectoryName(path)!, $"{Prefix}{Guid.NewGuid().ToString("N")[..12]}-{Path.GetFileName(path)}");

    private static (long Bytes, string Sha256) Seal(string temporary)
    {
        using var stream = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stream.SafeFileHandle, PrivateFile.Mode);
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(stream));
        stream.Flush(flushToDisk: true);
        return (stream.Length, digest);
    }
}
