using System.Collections.Concurrent;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Many nodes at once on a real database.</summary>
public sealed class ConcurrencyTests(PostgresInstance instance)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task Postgres_gives_every_episode_to_one_of_many_nodes() => RaceAsync(new PostgresHome(instance), nodes: 16, episodes: 300);

    [Fact]
    public Task Sqlite_gives_every_episode_to_one_of_many_nodes() => RaceAsync(new SqliteHome(), nodes: 6, episodes: 60);

    [Fact]
    public async Task Claims_do_not_wait_for_each_other()
    {
        var home = new PostgresHome(instance);
        await using (home)
        {
            var store = await home.OpenAsync();
            await store.PlanAsync(Plans.Sweep(), Plans.Episodes(3), Stop);
            var node = await store.RegisterAsync(Plans.Node("a"), Stop);
            await using var source = Npgsql.NpgsqlDataSource.Create(
                $"Host=localhost;Port={instance.Port};Database=postgres;Username=wma;Password={instance.Password};Search Path={((PostgresLocation)home.Location).Schema}");
            await using var connection = await source.OpenConnectionAsync(Stop);
            await using var transaction = await connection.BeginTransactionAsync(Stop);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT 1 FROM episodes ORDER BY no LIMIT 1 FOR UPDATE";
            await command.ExecuteScalarAsync(Stop);

            // The first is locked by someone who takes his time.
            Assert.Equal("episode 1", (await store.ClaimOneAsync(node)).Name);
            await transaction.RollbackAsync(Stop);
            Assert.Equal("episode 0", (await store.ClaimOneAsync(node)).Name);
        }
    }

    private static async Task RaceAsync(StoreHome home, int nodes, int episodes)
    {
        await using (home)
        {
            var first = await home.OpenAsync();
            await first.PlanAsync(Plans.Sweep("one"), Plans.Episodes(episodes / 2, 1), Stop);
            await first.PlanAsync(Plans.Sweep("two"), Plans.Episodes(episodes - (episodes / 2), 1), Stop);
            var done = new ConcurrentBag<(string Id, long Epoch)>();
            var stores = new List<IEpisodeStore>();
            for (var i = 0; i < nodes; i++)
            {
                stores.Add(await home.OpenAsync(new StoreOptions { MaxConnections = 2 }));
            }

            await Task.WhenAll(stores.Select((store, i) => Task.Run(() => ServeAsync(store, i, done), Stop)));

            Assert.Equal(episodes, done.Count);
            Assert.Equal(episodes, done.Select(item => item.Id).Distinct().Count());
            Assert.All(done, item => Assert.Equal(1, item.Epoch));
            var summary = await first.SummaryAsync(stop: Stop);
            Assert.Equal(episodes, summary.Sweeps.Sum(sweep => sweep.Episodes[JournalState.Completed]));
            var report = await new StoreCheck(first, null).RunAsync(Stop);
            Assert.Empty(report.Findings);
            Assert.Equal(2L * episodes, report.Frames);
        }
    }

    private static async Task ServeAsync(IEpisodeStore store, int number, ConcurrentBag<(string, long)> done)
    {
        var node = await store.RegisterAsync(Plans.Node($"node {number}"), Stop);
        while (true)
        {
            var claims = await store.ClaimAsync(new ClaimRequest(node, 3, TimeSpan.FromMinutes(5)), Stop);
            if (claims.Count == 0)
            {
                // Another claim may hold the rest locked for a moment; nobody gives any back here.
                var summary = await store.SummaryAsync(stop: Stop);
                if (summary.Sweeps.All(sweep => !sweep.Episodes.ContainsKey(JournalState.Planned)))
                {
                    return;
                }

                continue;
            }

            Assert.Empty((await store.RenewAsync(node, claims, TimeSpan.FromMinutes(5), Stop)).Lost);
            foreach (var claim in claims)
            {
                await store.CommitAllAsync(claim);
                await store.CompleteAsync(claim, Plans.Result(), Stop);
                done.Add((claim.EpisodeId, claim.Epoch));
            }
        }
    }
}
