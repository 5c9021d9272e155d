using Npgsql;

namespace WorldModelActors.Episodes.Tests;

public sealed class StoreLocationTests
{
    [Fact]
    public void A_name_is_a_file()
    {
        Assert.Equal(new SqliteLocation("runs/store.sqlite"), StoreLocation.Parse("runs/store.sqlite"));
        Assert.Equal("/a b/store.sqlite", StoreLocation.Parse("/a b/store.sqlite").ToString());
    }

    [Fact]
    public void A_url_says_everything_about_the_connection()
    {
        var location = Assert.IsType<PostgresLocation>(StoreLocation.Parse("postgres://w%40a@db.example:6543/runs?sslmode=verify-full&sslrootcert=/etc/ca.crt&schema=lab&passfile=/p"));
        Assert.Equal(("db.example", 6543, "runs", "w@a", "lab"), (location.Host, location.Port, location.Database, location.User, location.Schema));
        Assert.Equal((SslMode.VerifyFull, "/etc/ca.crt", "/p"), (location.SslMode, location.SslRootCertificate, location.PassFile));
        Assert.Equal("postgres://w%40a@db.example:6543/runs?schema=lab&sslmode=verify-full", location.ToString());
    }

    [Fact]
    public void What_is_not_said_has_defaults()
    {
        var location = Assert.IsType<PostgresLocation>(StoreLocation.Parse("postgresql:///runs?host=/run/postgresql"));
        Assert.Equal(("/run/postgresql", 5432, "wma", null), (location.Host, location.Port, location.Schema, location.User));
        Assert.Equal(location.ToString(), StoreLocation.Parse(location.ToString()!).ToString());
        Assert.Equal("/run/postgresql", Assert.IsType<PostgresLocation>(StoreLocation.Parse(location.ToString()!)).Host);
        Assert.Equal("localhost", Assert.IsType<PostgresLocation>(StoreLocation.Parse("postgres:///runs")).Host);
        Assert.Equal("::1", Assert.IsType<PostgresLocation>(StoreLocation.Parse("postgres://[::1]:77/runs")).Host);
    }

    [Theory]
    [InlineData("postgres://wma:hunter2@localhost/runs", "PGPASSWORD")]
    [InlineData("postgres://wma:hunter2@local host:x/runs", "cannot be read")]
    [InlineData("postgres://wma@localhost/runs?password=hunter2", "PGPASSWORD")]
    public void A_password_in_the_url_is_refused_and_not_repeated(string url, string hint)
    {
        var error = Assert.Throws<StoreException>(() => StoreLocation.Parse(url));
        Assert.Contains(hint, error.Message);
        Assert.DoesNotContain("hunter2", error.ToString());
    }

    [Theory]
    [InlineData("mysql://localhost/x", "'mysql' is no kind of store")]
    [InlineData("", "no name")]
    [InlineData("postgres://localhost", "names no database")]
    [InlineData("postgres://localhost/x?sslmode=maybe", "sslmode 'maybe'")]
    [InlineData("postgres://localhost/x?tls=on", "'tls', which is not known")]
    [InlineData("postgres://localhost/x?schema=a;drop", "schema 'a;drop'")]
    public void What_cannot_be_used_is_named(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<StoreException>(() => StoreLocation.Parse(text)).Message);

    [Fact]
    public async Task A_password_file_that_others_can_read_is_refused()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("password");
        await File.WriteAllTextAsync(file, "hunter2", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var error = Assert.Throws<StoreException>(() => new PostgresDialect((PostgresLocation)StoreLocation.Parse($"postgres://wma@localhost/x?passwordfile={file}"), new StoreOptions()));
        Assert.Contains($"chmod 600 {file}", error.Message);
        Assert.Throws<StoreException>(() => new PostgresDialect((PostgresLocation)StoreLocation.Parse($"postgres://wma@localhost/x?passfile={file}"), new StoreOptions()));
        Assert.Contains("not there", Assert.Throws<StoreException>(() => new PostgresDialect((PostgresLocation)StoreLocation.Parse("postgres://wma@localhost/x?passwordfile=/none"), new StoreOptions())).Message);
    }
}
