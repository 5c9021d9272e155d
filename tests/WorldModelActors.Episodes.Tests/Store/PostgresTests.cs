using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes.Tests;

/// <summary>What only PostgreSQL has: TLS, passwords, restarts, query plans.</summary>
public sealed class PostgresTests(PostgresInstance instance)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tls_with_a_checked_certificate_works()
    {
        var location = StoreLocation.Parse(instance.Url($"schema=tls&sslmode=verify-full&sslrootcert={instance.RootCertificate}"));
        instance.Require();
        await using var store = await EpisodeStores.OpenAsync(location, null, Stop);
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(1), Stop);
        await using var subscription = await store.SubscribeAsync(Stop);
        var encrypted = await instance.ReadAsync(
            (PostgresLocation)location,
            "SELECT CAST(s.ssl AS TEXT) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'wma' AND a.query LIKE 'LISTEN wma_tls%'");
        Assert.Equal(["true"], encrypted);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        instance.Require();
        var location = StoreLocation.Parse(instance.Url("schema=tls2&sslmode=verify-full"));
        var error = await Assert.ThrowsAsync<StoreException>(() => EpisodeStores.OpenAsync(location, null, Stop));
        Assert.Contains("certificate", error.Message);
        Assert.Contains("sslrootcert", error.Message);
    }

    [Fact]
    [SuppressMessage("Usage", "xUnit1051", Justification = "the texts of exceptions are looked at, not their timing")]
    public async Task No_text_holds_the_password()
    {
        instance.Require();
        var secret = instance.Password;
        var good = StoreLocation.Parse(instance.Url("schema=secret&sslmode=disable"));
        var texts = new List<string> { good.ToString()! };
        await using (var store = await EpisodeStores.OpenAsync(good, null, Stop))
        {
            texts.Add(store.Location.ToString()!);
            var error = await Assert.ThrowsAsync<StoreException>(() => store.ClaimAsync(new ClaimRequest(new NodeId(7, "x"), 1, Plans.Lease), Stop));
            texts.Add(error.ToString());
        }

        using var folder = new TemporaryFolder();
        var wrong = folder.File("password");
        await File.WriteAllTextAsync(wrong, "wrong-" + secret, Stop);
        File.SetUnixFileMode(wrong, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var url in new[]
        {
            instance.Url("schema=secret&sslmode=disable").Replace(instance.PasswordFile, wrong, StringComparison.Ordinal),
            instance.Url("schema=secret&sslmode=disable").Replace(":" + instance.Port.ToString(CultureInfo.InvariantCulture), ":1", StringComparison.Ordinal),
            instance.Url("schema=secret&sslmode=disable").Replace("/postgres?", "/nowhere?", StringComparison.Ordinal),
        })
        {
            var location = StoreLocation.Parse(url);
            var error = await Assert.ThrowsAnyAsync<StoreException>(() => EpisodeStores.OpenAsync(location, null, Stop));
            texts.Add(error.ToString());
            texts.Add(location.ToString()!);
            Assert.DoesNotContain('\n', error.Message);
        }

        Assert.All(texts, text => Assert.DoesNotContain(secret, text));
        Assert.Contains(texts, text => text.Contains("PGPASSWORD", StringComparison.Ordinal));
        // Nor does the server's list of connections, which every role may read.
        Assert.All(await instance.ReadAsync((PostgresLocation)good, "SELECT application_name || query FROM pg_stat_activity"), text => Assert.DoesNotContain(secret, text));
    }

    [Fact]
    public async Task A_user_without_the_right_to_make_tables_works_with_those_that_are_there()
    {
        var location = instance.NewSchema();
        await using (await EpisodeStores.OpenAsync(location, null, Stop))
        {
        }

        await instance.RunAsync(
            location,
            $"""
            CREATE ROLE guest LOGIN PASSWORD 'guest-word';
            GRANT USAGE ON SCHEMA {location.Schema} TO guest;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {location.Schema} TO guest;
            """);
        using var folder = new TemporaryFolder();
        var password = folder.File("password");
        await File.WriteAllTextAsync(password, "guest-word\n", Stop);
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var store = await EpisodeStores.OpenAsync(location with { User = "guest", PasswordFile = password }, null, Stop);
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(2), Stop);
        Assert.Equal(1, (await store.ClaimOneAsync(await store.RegisterAsync(Plans.Node("a"), Stop))).Epoch);
        await Assert.ThrowsAsync<StoreException>(() => EpisodeStores.OpenAsync(location with { User = "guest", PasswordFile = password, Schema = "forbidden" }, null, Stop));
    }

    [Fact]
    public async Task The_database_may_be_killed_and_come_back()
    {
        instance.Require();
        using var own = new PostgresInstance();
        await using var store = await EpisodeStores.OpenAsync(own.NewSchema(), null, Stop);
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(2), Stop);
        var node = await store.RegisterAsync(Plans.Node("a"), Stop);
        var claims = await store.ClaimAsync(new ClaimRequest(node, 2, TimeSpan.FromMinutes(10)), Stop);
        await store.CommitIterationAsync(claims[0], Plans.Commit(0), Stop);
        await using var subscription = await store.SubscribeAsync(Stop);

        own.CrashAndRestart();

        using var folder = new TemporaryFolder();
        var journal = new EpisodeJournal(store, EpisodeFiles.Open(folder.Path));
        foreach (var claim in claims)
        {
            // The journal repeats what the broken connections swallow.
            await journal.CommitAsync(claim, Contents.Of(claim == claims[0] ? 1 : 0), Stop);
        }

        Assert.Equal(StoreSignals.Work | StoreSignals.Progress, await subscription.NextAsync(TimeSpan.FromMinutes(1), Stop));
        Assert.Equal(2, (await store.FindAsync(claims[0].EpisodeId, Stop))!.Committed);
        Assert.Equal(1, (await store.FindAsync(claims[1].EpisodeId, Stop))!.Committed);
        Assert.Empty((await new StoreCheck(store, null).RunAsync(Stop)).Findings);
        await subscription.NextAsync(TimeSpan.Zero, Stop);
        await store.ReleaseAsync(claims[0], Stop);
        Assert.NotEqual(StoreSignals.None, await subscription.NextAsync(TimeSpan.FromMinutes(1), Stop));
    }

    /// <summary>The driver may notice a broken connection while nobody waits on it, and then calls it "not open".</summary>
    [Fact]
    public async Task A_subscription_whose_connection_was_found_broken_connects_anew()
    {
        instance.Require();
        var location = instance.NewSchema();
        await using var dialect = new PostgresDialect(location, new StoreOptions());
        await using var subscription = new PostgresSubscription(dialect);
        await subscription.ListenAsync(Stop);
        await subscription.BreakAsync();
        Assert.Equal(StoreSignals.Work | StoreSignals.Progress, await subscription.NextAsync(TimeSpan.FromMinutes(1), Stop));
        Assert.Equal(StoreSignals.Work | StoreSignals.Progress, await subscription.NextAsync(TimeSpan.FromMinutes(1), Stop));
        Assert.Equal(StoreSignals.None, await subscription.NextAsync(TimeSpan.FromMilliseconds(1), Stop));
    }

    [Fact]
    public async Task The_clock_is_the_databases()
    {
        var location = instance.NewSchema();
        await using var store = await EpisodeStores.OpenAsync(location, new StoreOptions { Time = new ManualTime() }, Stop);
        var before = long.Parse(Assert.Single(await instance.ReadAsync(location, "SELECT floor(extract(epoch FROM now()) * 1000)")), CultureInfo.InvariantCulture);
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(1), Stop);
        var after = long.Parse(Assert.Single(await instance.ReadAsync(location, "SELECT floor(extract(epoch FROM now()) * 1000)")), CultureInfo.InvariantCulture);
        Assert.InRange((await store.SummaryAsync(stop: Stop)).Sweeps[0].PlannedAt.ToUnixTimeMilliseconds(), before, after);
    }

    [Fact]
    public async Task A_claim_touches_as_many_pages_whether_hundreds_or_thousands_are_planned()
    {
        var location = instance.NewSchema();
        await using var store = await EpisodeStores.OpenAsync(location, null, Stop);
        await store.RegisterAsync(Plans.Node("a"), Stop);
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(500), Stop);
        var few = await PagesAsync(location);
        await store.PlanAsync(Plans.Sweep(), Plans.Episodes(20_000), Stop);
        var many = await PagesAsync(location);

        Assert.All(many.Plans, plan => Assert.DoesNotContain("Seq Scan on episodes", plan));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pages: {few.Pages} with 500 planned, {many.Pages} with 20000"));
        // The index of planned episodes is one level deeper.
        Assert.InRange(many.Pages, 1, few.Pages + 20);
    }

    /// <summary>Pages that the statements read whose cost could grow, and their plans.</summary>
    private async Task<(long Pages, IReadOnlyList<string> Plans)> PagesAsync(PostgresLocation location)
    {
        var dialect = new PostgresDialect(location, new StoreOptions());
        await using (dialect)
        {
            var pages = 0L;
            var plans = new List<string>();
            foreach (var sql in new[] { ClaimSql.Standing, ClaimSql.LiveQueues, ClaimSql.TakePlanned(dialect) })
            {
                var bound = sql.Replace("@queue", "1", StringComparison.Ordinal).Replace("@count", "4", StringComparison.Ordinal).Replace("node = @node", "node = 'a'", StringComparison.Ordinal).Replace("@node", "1", StringComparison.Ordinal);
                // Twice: the first one also reads the catalogue, as every new connection does once.
                var explain = $"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {bound}";
                var text = string.Join("\n", await instance.ReadAsync(location, $"BEGIN; {explain}; ROLLBACK; BEGIN; {explain}; ROLLBACK"));
                var plan = JsonNode.Parse(text)![0]!["Plan"]!;
                pages += (long)plan["Shared Hit Blocks"]! + (long)plan["Shared Read Blocks"]!;
                plans.Add(string.Join("\n", await instance.ReadAsync(location, $"EXPLAIN {bound}")));
            }

            return (pages, plans);
        }
    }
}
