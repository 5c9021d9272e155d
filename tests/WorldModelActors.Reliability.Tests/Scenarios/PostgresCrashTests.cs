namespace WorldModelActors.Reliability.Tests;

/// <summary>kill -9 of PostgreSQL under nodes at work.</summary>
public sealed class PostgresCrashTests(Demo demo)
{
    [Fact]
    public async Task Nodes_wait_for_it_and_go_on()
    {
        using var folder = new ScratchFolder();
        var (postgres, reason) = PrivatePostgres.Start(folder["postgres"]);
        Assert.SkipWhen(postgres is null, reason ?? "");
        using var instance = postgres!;
        await using var scenario = await Scenario.PlanAsync(demo, Demo.Work(0, 1, 2), instance);
        var nodes = new[] { "a", "b" }.Select(name => scenario.Node(name, "--exit-when-done", "--episodes-in-flight", "1")).ToList();
        await scenario.UntilAsync("both nodes are at work", all => nodes.TrueForAll(node => all.Any(it => it.HasCommitted(node.Title))));

        instance.Crash();
        // They get to where they need it and find that it is not there.
        await Task.WhenAll(nodes.Select(node => node.LineAsync("database", scenario.Stop)));
        Assert.All(nodes, node => Assert.False(node.HasExited, node.Text));
        instance.Restart();

        foreach (var node in nodes)
        {
            Assert.True(await node.EndAsync(scenario.Stop) == 0, node.Text);
        }

        await scenario.IntactAsync();
    }
}
