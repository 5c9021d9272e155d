namespace WorldModelActors.Episodes;

/// <summary>
/// The folders that a sweep file may name files in: by default its own. So a file from elsewhere cannot make this machine read what it
/// likes, whether by <c>..</c>, an absolute path or a symbolic link.
/// </summary>
public sealed class SweepRoots
{
    private readonly IReadOnlyList<string> _given;
    private readonly IReadOnlyList<string> _real;

    /// <param name="folders">The folders.</param>
    /// <exception cref="SweepException">One is no folder.</exception>
    public SweepRoots(IReadOnlyList<string> folders)
    {
        _given = folders;
        _real = [.. folders.Select(folder => Directory.Exists(folder) ? Real(folder, "--root") : throw new SweepException($"--root {folder}: no such folder"))];
    }

    /// <summary>The absolute path of a file that a sweep file names.</summary>
    /// <param name="path">As it is written.</param>
    /// <param name="folder">What relative paths begin at.</param>
    /// <param name="place">Who names it, for errors.</param>
    /// <exception cref="SweepException">It lies outside.</exception>
    public string Resolve(string path, string folder, string place)
    {
        if (path.Length == 0 || path.Any(char.IsControl))
        {
            throw new SweepException($"{place}: expected a path");
        }

        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, folder));
        Require(full, path, place);
        return full;
    }

    /// <summary>Refuses a path that leads outside.</summary>
    /// <param name="full">The absolute path.</param>
    /// <param name="shown">As errors call it.</param>
    /// <param name="place">Who names it, for errors.</param>
    /// <exception cref="SweepException">It lies outside.</exception>
    public void Require(string full, string shown, string place)
    {
        var real = Real(full, place);
        if (!_real.Any(root => RealPath.IsInside(real, root)))
        {
            var through = real == full ? "" : $" leads to {real}, which";
            throw new SweepException($"{place}: {shown}{through} lies outside of {string.Join(", ", _given)}; allow its folder with --root DIR");
        }
    }

    private static string Real(string path, string place)
    {
        try
        {
            return RealPath.Of(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new SweepException($"{place}: {cause.Message}", cause);
        }
    }
}
