using System.Globalization;
using Npgsql;
using WorldModelActors.Episodes;

namespace WorldModelActors.Reliability;

/// <summary>A real PostgreSQL of its own, to be killed; removed afterwards.</summary>
public sealed class PrivatePostgres : IDisposable
{
    private readonly string _folder;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private int _schemas;

    private PrivatePostgres(string folder, bool flushes)
    {
        _folder = folder;
        // Where only processes are killed, never the machine, nothing has to reach the disk.
        _environment = new Dictionary<string, string> { ["POSTGRES_OPTIONS"] = flushes ? "" : "-c fsync=off" };
    }

    public int Port { get; private init; }

    /// <summary>The first process of the server.</summary>
    public int Postmaster => int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>For a look from aside.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = "localhost",
        Port = Port,
        Database = "postgres",
        Username = "wma",
        Password = File.ReadAllText(PasswordFile),
        Pooling = false,
    }.ToString();

    private string PasswordFile => Path.Combine(_folder, "password");

    /// <summary>Starts one.</summary>
    /// <param name="folder">Its folder, which is made.</param>
    /// <param name="flushes">Commits reach the disk; for measurements.</param>
    /// <returns>The instance, or why there is none.</returns>
    public static (PrivatePostgres? Instance, string? Reason) Start(string folder, bool flushes = false)
    {
        var starting = new PrivatePostgres(folder, flushes);
        Directory.CreateDirectory(folder);
        var (exit, output, error) = starting.Script("start");
        return exit == 0
            ? (new PrivatePostgres(folder, flushes) { Port = int.Parse(output, CultureInfo.InvariantCulture) }, null)
            : (null, $"no PostgreSQL: {error}");
    }

    /// <summary>The URL of a place in it that nobody else has.</summary>
    public string NewStore() => string.Create(
        CultureInfo.InvariantCulture,
        $"postgres://wma@localhost:{Port}/postgres?passwordfile={PasswordFile}&sslmode=disable&schema=f{Interlocked.Increment(ref _schemas)}");

    /// <summary>kill -9 of every process of the server.</summary>
    public void Crash() => Require(Script("crash"));

    /// <summary>Starts it again on the same port.</summary>
    public void Restart() => Require(Script("start", Port.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Processor seconds of all processes of the server, those that have ended included.</summary>
    public double ProcessorSeconds() => ProcessTable.ChildrenOf(Postmaster).Append(Postmaster).Sum(ProcessTable.ProcessorSeconds);

    public void Dispose() => Script("remove");

    private static void Require((int Exit, string Output, string Error) result)
    {
        if (result.Exit != 0)
        {
            throw new StoreException($"the private PostgreSQL does not obey: {result.Error}");
        }
    }

    private (int Exit, string Output, string Error) Script(string action, params string[] more) =>
        Shell.Run(Path.Combine(RepositoryPaths.Root, "deploy", "postgres", "private-instance.sh"), [action, _folder, .. more], _environment);
}
