using System.Text.RegularExpressions;
using Npgsql;

namespace WorldModelActors.Episodes;

/// <summary>
/// A PostgreSQL database: <c>postgres://user@host:port/database?key=value</c>. Keys: <c>sslmode</c> (disable, allow, prefer,
/// require, verify-ca, verify-full), <c>sslrootcert</c>, <c>sslcert</c>, <c>sslkey</c>, <c>passfile</c> (in the format of
/// .pgpass), <c>passwordfile</c> (the password alone), <c>schema</c> (default wma), <c>host</c> (a socket's folder). The
/// password is read from one of the files, or from PGPASSWORD, PGPASSFILE or ~/.pgpass; in the URL it is refused, because
/// everyone on the machine can see the arguments of a process.
/// </summary>
public sealed partial record PostgresLocation : StoreLocation
{
    private static readonly string[] s_keys = ["sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "passwordfile", "schema", "host"];

    private PostgresLocation()
    {
    }

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string Database { get; init; }

    /// <summary>The role; null for PGUSER or the name of the operating system's user.</summary>
    public required string? User { get; init; }

    /// <summary>The schema that holds the tables.</summary>
    public required string Schema { get; init; }

    /// <summary>How the connection is protected.</summary>
    public required SslMode SslMode { get; init; }

    /// <summary>Certificates that the server's is checked against.</summary>
    public string? SslRootCertificate { get; init; }

    /// <summary>The client's certificate.</summary>
    public string? SslCertificate { get; init; }

    /// <summary>The key of the client's certificate.</summary>
    public string? SslKey { get; init; }

    /// <summary>A file in the format of .pgpass.</summary>
    public string? PassFile { get; init; }

    /// <summary>A file that holds the password alone.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The URL, which never had a password.</summary>
    public override string ToString() =>
        $"postgres://{(User is null ? "" : Uri.EscapeDataString(User) + "@")}{UrlHost}:{Port}/{Uri.EscapeDataString(Database)}"
        + $"?schema={Schema}&sslmode={NameOf(SslMode)}{(Host.StartsWith('/') ? "&host=" + Host : "")}";

    private string UrlHost => Host.StartsWith('/') ? "localhost" : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    internal static PostgresLocation ParseUrl(string text)
    {
        // A message must not repeat what may hold a password.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) && !Uri.TryCreate(text.Replace(":///", "://localhost/", StringComparison.Ordinal), UriKind.Absolute, out url))
        {
            throw new StoreException("the store's URL cannot be read: use postgres://user@host:port/database?sslmode=verify-full");
        }

        if (url.UserInfo.Contains(':', StringComparison.Ordinal))
        {
            throw new StoreException("the store's URL holds a password, which everyone on the machine could see: put it into PGPASSWORD or a passwordfile=/path and take it out of the URL");
        }

        var options = Options(url);
        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        if (database.Length == 0)
        {
            throw new StoreException("the store's URL names no database: use postgres://user@host:port/database");
        }

        var schema = options.GetValueOrDefault("schema") ?? "wma";
        if (!SchemaName().IsMatch(schema))
        {
            throw new StoreException($"schema '{schema}': use lower-case letters, digits and underscores, at most 40, beginning with a letter");
        }

        return new PostgresLocation
        {
            Host = options.GetValueOrDefault("host") ?? (url.Host.Length == 0 ? "localhost" : url.Host.Trim('[', ']')),
            Port = url.Port > 0 ? url.Port : 5432,
            Database = database,
            User = url.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(url.UserInfo),
            Schema = schema,
            SslMode = ModeOf(options.GetValueOrDefault("sslmode") ?? Environment.GetEnvironmentVariable("PGSSLMODE") ?? "prefer"),
            SslRootCertificate = options.GetValueOrDefault("sslrootcert"),
            SslCertificate = options.GetValueOrDefault("sslcert"),
            SslKey = options.GetValueOrDefault("sslkey"),
            PassFile = options.GetValueOrDefault("passfile"),
            PasswordFile = options.GetValueOrDefault("passwordfile"),
        };
    }

    private static Dictionary<string, string> Options(Uri url)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var key = at < 0 ? pair : pair[..at];
            if (at < 0 || !s_keys.Contains(key))
            {
                throw new StoreException(key == "password"
                    ? "the store's URL holds a password, which everyone on the machine could see: put it into PGPASSWORD or a passwordfile=/path and take it out of the URL"
                    : $"the store's URL has the option '{key}', which is not known: use {string.Join(", ", s_keys)}");
            }

            options[key] = Uri.UnescapeDataString(pair[(at + 1)..]);
        }

        return options;
    }

    private static SslMode ModeOf(string name) => name switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new StoreException($"sslmode '{name}': use disable, allow, prefer, require, verify-ca or verify-full"),
    };

    private static string NameOf(SslMode mode) => mode switch
    {
        SslMode.VerifyCA => "verify-ca",
        SslMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$")]
    private static partial Regex SchemaName();
}
