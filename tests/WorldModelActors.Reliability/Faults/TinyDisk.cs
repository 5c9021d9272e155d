using System.Globalization;

namespace WorldModelActors.Reliability;

/// <summary>A small file system (tmpfs) that can be filled to the last byte. Only root may mount one.</summary>
public sealed class TinyDisk : IDisposable
{
    private readonly string _ballast;

    private TinyDisk(string path) => (Path, _ballast) = (path, System.IO.Path.Combine(path, "ballast"));

    public string Path { get; }

    /// <summary>Mounts one.</summary>
    /// <param name="path">An empty folder.</param>
    /// <param name="mebibytes">Its size.</param>
    /// <returns>The disk, or why there is none.</returns>
    public static (TinyDisk? Disk, string? Reason) Mount(string path, int mebibytes)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return (null, "a small tmpfs can only be mounted by root");
        }

        Directory.CreateDirectory(path);
        var (exit, _, error) = Shell.Run("mount", ["-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={mebibytes}m"), "wma-faults", path]);
        return exit == 0 ? (new TinyDisk(path), null) : (null, $"no tmpfs here: {error}");
    }

    /// <summary>Fills it until nothing more fits.</summary>
    public void Fill()
    {
        using var file = new FileStream(_ballast, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 1);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }

    /// <summary>Frees what <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(_ballast);

    public void Dispose()
    {
        // Lazy: whoever still has a file open on it is about to be killed.
        Shell.Run("umount", ["-l", Path]);
    }
}
