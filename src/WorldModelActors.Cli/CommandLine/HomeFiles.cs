namespace WorldModelActors.Cli;

/// <summary>Files that come with the program: in the repository, which the launcher names in WMA_HOME, or above the program.</summary>
internal static class HomeFiles
{
    /// <summary>A file by its path from the repository's root; null where it is not there.</summary>
    public static string? Find(string relativePath)
    {
        var home = Environment.GetEnvironmentVariable("WMA_HOME");
        for (var folder = string.IsNullOrEmpty(home) ? AppContext.BaseDirectory : home; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var path = Path.Combine(folder, relativePath);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
