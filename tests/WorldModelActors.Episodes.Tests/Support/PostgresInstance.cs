using System.Globalization;
using Npgsql;

[assembly: AssemblyFixture(typeof(WorldModelActors.Episodes.Tests.PostgresInstance))]

namespace WorldModelActors.Episodes.Tests;

/// <summary>A real PostgreSQL of the tests' own, with TLS, removed afterwards. Where it cannot be had, its tests are skipped.</summary>
public sealed class PostgresInstance : IDisposable
{
    private const string Prefix = "wma-postgres-";

    private static int s_instances;

    private readonly string _folder = Path.Combine(
        Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_instances)}"));

    private readonly string? _reason;
    private int _schemas;

    public PostgresInstance()
    {
        RemoveLeftovers();
        Directory.CreateDirectory(_folder);
        var (exit, output, error) = Script("tls");
        (exit, output, error) = exit == 0 ? Script("start") : (exit, output, error);
        if (exit != 0)
        {
            _reason = $"no PostgreSQL: {error}";
            return;
        }

        Port = int.Parse(output, CultureInfo.InvariantCulture);
    }

    public int Port { get; }

    public string PasswordFile => Path.Combine(_folder, "password");

    public string RootCertificate => Path.Combine(_folder, "root.crt");

    public string Password => File.ReadAllText(PasswordFile);

    /// <summary>Skips the test where there is no instance.</summary>
    public void Require() => Assert.SkipWhen(_reason is not null, _reason ?? "");

    public string Url(string options) => string.Create(CultureInfo.InvariantCulture, $"postgres://wma@localhost:{Port}/postgres?passwordfile={PasswordFile}&{options}");

    /// <summary>A place in it that no other test has.</summary>
    public PostgresLocation NewSchema(string mode = "disable")
    {
        Require();
        return (PostgresLocation)StoreLocation.Parse(Url(string.Create(CultureInfo.InvariantCulture, $"sslmode={mode}&schema=t{Interlocked.Increment(ref _schemas)}")));
    }

    /// <summary>Runs SQL as a bystander.</summary>
    public async Task RunAsync(PostgresLocation location, string sql)
    {
        await using var connection = await ConnectAsync(location);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The first column of the rows of the last query.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(PostgresLocation location, string sql)
    {
        await using var connection = await ConnectAsync(location);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string>();
        do
        {
            rows.Clear();
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                rows.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
            }
        }
        while (await reader.NextResultAsync(TestContext.Current.CancellationToken));
        return rows;
    }

    /// <summary>kill -9 of the whole instance, and a start on the same port.</summary>
    public void CrashAndRestart()
    {
        Assert.Equal(0, Script("crash").Exit);
        Assert.Equal(0, Script("start", Port.ToString(CultureInfo.InvariantCulture)).Exit);
    }

    public void Dispose() => Script("remove");

    private async Task<NpgsqlConnection> ConnectAsync(PostgresLocation location)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "localhost",
            Port = Port,
            Database = "postgres",
            Username = "wma",
            Password = Password,
            SearchPath = location.Schema,
            Pooling = false,
        }.ToString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private (int Exit, string Output, string Error) Script(string action, params string[] more) => RunScript(_folder, action, more);

    private static (int Exit, string Output, string Error) RunScript(string folder, string action, params string[] more) =>
        Shell.Run(Path.Combine(RepositoryFiles.Root, "deploy", "postgres", "private-instance.sh"), [action, folder, .. more]);

    /// <summary>Removes instances of test runs that were killed.</summary>
    private static void RemoveLeftovers()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (!Directory.Exists("/proc/" + Path.GetFileName(folder)[Prefix.Length..].Split('-')[0]))
            {
                RunScript(folder, "remove");
            }
        }
    }
}
