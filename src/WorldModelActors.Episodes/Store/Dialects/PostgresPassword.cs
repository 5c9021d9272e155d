namespace WorldModelActors.Episodes;

/// <summary>Reads a password from the file that a location names.</summary>
internal static class PostgresPassword
{
    private const UnixFileMode OthersBits = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The password; null where it is left to PGPASSWORD, PGPASSFILE or ~/.pgpass.</summary>
    /// <exception cref="StoreException">A file is missing, open to others, or empty.</exception>
    public static string? Read(PostgresLocation location)
    {
        if (location.PassFile is { } passFile)
        {
            Require(passFile);
        }

        if (location.PasswordFile is not { } file)
        {
            return null;
        }

        Require(file);
        var password = File.ReadAllText(file).TrimEnd('\r', '\n');
        return password.Length > 0 ? password : throw new StoreException($"{file}: holds no password");
    }

    private static void Require(string file)
    {
        if (!File.Exists(file))
        {
            throw new StoreException($"{file}: the password file is not there");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & OthersBits) != 0)
        {
            throw new StoreException($"{file}: others can read the password: chmod 600 {file}");
        }
    }
}
