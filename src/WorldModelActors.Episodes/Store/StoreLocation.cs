namespace WorldModelActors.Episodes;

/// <summary>Where a store is: a SQLite file or a PostgreSQL database. Its text never holds a password.</summary>
public abstract record StoreLocation
{
    private protected StoreLocation()
    {
    }

    /// <summary>
    /// Reads <c>postgres://user@host:port/database?sslmode=...</c> (see <see cref="PostgresLocation"/>), or the path of a file.
    /// </summary>
    /// <exception cref="StoreException">The URL cannot be used.</exception>
    public static StoreLocation Parse(string text)
    {
        if (text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal))
        {
            return PostgresLocation.ParseUrl(text);
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            throw new StoreException($"'{text[..text.IndexOf("://", StringComparison.Ordinal)]}' is no kind of store: use a file name for SQLite or postgres://user@host/database");
        }

        return text.Length == 0 ? throw new StoreException("the store has no name: give a file name or postgres://user@host/database") : new SqliteLocation(text);
    }
}

/// <summary>A SQLite file. Its folder must be on a local disk of the machine that all nodes run on.</summary>
/// <param name="Path">The file; it is made where it is missing.</param>
public sealed record SqliteLocation(string Path) : StoreLocation
{
    public override string ToString() => Path;
}
