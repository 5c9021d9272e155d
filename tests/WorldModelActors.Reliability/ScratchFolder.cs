using System.Globalization;

namespace WorldModelActors.Reliability;

/// <summary>A folder of its own, removed at the end; folders of runs that were killed go when the next one begins.</summary>
public sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "wma-faults-";

    private static int s_folders;

    /// <param name="parent">Where it lies; null for the system's temporary folder.</param>
    public ScratchFolder(string? parent = null)
    {
        parent ??= System.IO.Path.GetTempPath();
        RemoveLeftovers(parent);
        Path = Directory.CreateDirectory(System.IO.Path.Combine(
            parent, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_folders)}"))).FullName;
    }

    public string Path { get; }

    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void RemoveLeftovers(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            if (Directory.Exists("/proc/" + System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0]))
            {
                continue;
            }

            // Nodes of a run that was killed serve on for ever.
            ProcessTable.With(folder + "/", RepositoryPaths.Program).ToList().ForEach(process => ProcessTable.Send(process, Signal.Kill));
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // Another test run is at it.
            }
        }
    }
}
