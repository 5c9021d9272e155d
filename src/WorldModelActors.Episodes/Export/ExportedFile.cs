using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes;

/// <summary>A file of an export.</summary>
/// <param name="Path">Its path in the folder, with slashes.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its checksum, in lower-case hexadecimal digits.</param>
public sealed record ExportedFile(string Path, long Bytes, string Sha256)
{
    private const int Buffer = 1 << 20;

    /// <summary>As it stands in the manifest.</summary>
    public JsonObject ToJson() => new() { ["path"] = Path, ["bytes"] = Bytes, ["sha256"] = Sha256 };

    /// <summary>Copies a file of the store and checks it while it is read.</summary>
    /// <param name="source">The file.</param>
    /// <param name="known">What the journal says about it.</param>
    /// <param name="root">The export's folder.</param>
    /// <param name="path">Where it goes in it, with slashes.</param>
    /// <param name="copied">Told the bytes of each piece.</param>
    /// <param name="stop">Stops between two pieces.</param>
    /// <exception cref="SweepException">It is missing, or not what the journal says.</exception>
    internal static ExportedFile Copy(string source, StoredFile known, string root, string path, Action<long> copied, CancellationToken stop)
    {
        var target = System.IO.Path.Combine(root, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        FileStream from;
        try
        {
            from = File.OpenRead(source);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SweepException($"{source} is missing; run wma store check", cause);
        }

        using (from)
        using (var to = new FileStream(target, FileMode.CreateNew, FileAccess.Write))
        using (var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
            try
            {
                int read;
                while ((read = from.Read(buffer, 0, Buffer)) > 0)
                {
                    stop.ThrowIfCancellationRequested();
                    digest.AppendData(buffer, 0, read);
                    to.Write(buffer, 0, read);
                    copied(read);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            var sha256 = Convert.ToHexStringLower(digest.GetHashAndReset());
            return to.Length == known.Bytes && sha256 == known.Sha256
                ? new ExportedFile(path, known.Bytes, sha256)
                : throw new SweepException($"{source} has another checksum than the journal; run wma store check");
        }
    }

    /// <summary>Measures a file that the export has written itself.</summary>
    internal static ExportedFile Of(string root, string path)
    {
        using var stream = File.OpenRead(System.IO.Path.Combine(root, path));
        return new ExportedFile(path, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
