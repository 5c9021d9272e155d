using WorldModelActors.Reliability;
using WorldModelActors.Reliability.Tests;

namespace WorldModelActors.Cluster.Tests;

/// <summary>A cluster on PostgreSQL, which is what several machines need.</summary>
public sealed class PostgresTests(Demo demo)
{
    [Fact]
    public async Task The_oldest_node_is_killed_and_the_database_under_the_others()
    {
        using var folder = new ScratchFolder();
        var (postgres, reason) = PrivatePostgres.Start(folder["postgres"]);
        Assert.SkipWhen(postgres is null, reason ?? "");
        using var instance = postgres!;
        await using var cluster = await ClusterScenario.FormAsync(demo, postgres: instance);
        await cluster.PlanAsync();
        await cluster.Store.UntilAsync("every node has an episode", all => all.Count == 3 && all.All(it => it.Lease is not null));
        await cluster.Nodes[0].KillAsync(cluster.Stop);
        instance.Crash();
        await Task.WhenAll(cluster.Nodes.Skip(1).Select(node => node.LineAsync("database", cluster.Stop)));
        Assert.All(cluster.Nodes.Skip(1), node => Assert.False(node.HasExited, node.Text));
        instance.Restart();

        await cluster.AllEndedAsync();
        await cluster.Start(0).LineAsync("3 members", cluster.Stop);
        await cluster.LeaveAsync();
        var dossiers = await cluster.Store.IntactAsync();
        Assert.True(dossiers.Sum(it => it.TakeOvers()) >= 1, cluster.Store.Place.Report(dossiers));
    }
}
