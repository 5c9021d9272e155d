namespace WorldModelActors.Episodes;

/// <summary>Where a path leads after every symbolic link on the way.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The path without links; parts that do not exist stay as they are.</summary>
    /// <exception cref="IOException">The links go round in circles.</exception>
    public static string Of(string path)
    {
        var links = 0;
        var pending = new Stack<string>(Parts(Path.GetFullPath(path)));
        var real = Path.DirectorySeparatorChar.ToString();
        while (pending.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException($"{path}: too many symbolic links");
            }

            if (Path.IsPathRooted(target))
            {
                real = Path.DirectorySeparatorChar.ToString();
            }

            foreach (var step in Parts(target))
            {
                pending.Push(step);
            }
        }

        return real;
    }

    /// <summary>Whether a path is a folder or lies in it; both without links.</summary>
    public static bool IsInside(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith(Path.DirectorySeparatorChar) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Last part first, as a stack takes them.</summary>
    private static IEnumerable<string> Parts(string path) => path.Split(Path.DirectorySeparatorChar).Reverse();
}
