using WorldModelActors.Reliability;
using WorldModelActors.Reliability.Tests;

namespace WorldModelActors.Cluster.Tests;

/// <summary>
/// Three node processes that form a cluster; each fault once, where it hurts. At the end everything must be as if nothing had happened: nothing
/// lost, nothing twice, equal to the bit, nothing left.
/// </summary>
public sealed class FaultTests(Demo demo)
{
    [Fact]
    public async Task Without_any_fault_every_node_does_its_share_and_nothing_is_done_twice()
    {
        await using var cluster = await ClusterScenario.FormAsync(demo);
        await cluster.PlanAsync();
        await cluster.AllEndedAsync();
        await cluster.LeaveAsync();

        var dossiers = await cluster.Store.IntactAsync();
        Assert.All(dossiers, it => Assert.Equal((1L, 0), (it.Episode.Epoch, it.TakeOvers())));
        // Three shards for three nodes.
        Assert.Equal([.. Enumerable.Range(0, 3).Select(ClusterScenario.NameOf)], dossiers.Select(it => it.Episode.Node!).Order());
        Assert.Contains("this node plans the sweeps", cluster.Nodes[0].Text);
        Assert.All(cluster.Nodes.Skip(1).Take(1), node => Assert.DoesNotContain("was taken out", node.Text));
    }

    [Fact]
    public async Task The_oldest_node_with_planner_and_coordinator_is_killed()
    {
        await using var cluster = await ClusterScenario.FormAsync(demo);
        await cluster.PlanAsync();
        await cluster.Store.CatchAsync(cluster.Nodes[0], "segment-");
        await cluster.Nodes[0].KillAsync(cluster.Stop);

        await cluster.AllEndedAsync();
        await Task.WhenAny(cluster.Nodes.Skip(1).Select(node => node.LineAsync("this node plans the sweeps", cluster.Stop))).Unwrap();
        // Its next life is a member like any other.
        var next = cluster.Start(0);
        await next.LineAsync("3 members", cluster.Stop);
        await cluster.LeaveAsync();
        var dossiers = await cluster.Store.IntactAsync();
        Assert.Equal(1, dossiers.Sum(it => it.TakeOvers()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_node_is_cut_off_from_the_others(int victim)
    {
        var (network, reason) = PrivateNetwork.Make(3);
        Assert.SkipWhen(network is null, reason ?? "");
        using var own = network!;
        await using var cluster = await ClusterScenario.FormAsync(demo, own.Seats);
        await cluster.PlanAsync();
        await cluster.Store.UntilAsync("it has an episode", all => all.Any(it => it.Lease?.NodeName == ClusterScenario.NameOf(victim)));
        own.CutOff(victim);

        // It is on the smaller side: it gives back what it has, and ends; the larger side does the rest.
        Assert.True(await cluster.Nodes[victim].EndAsync(cluster.Stop) == ClusterScenario.TakenOut, cluster.Nodes[victim].Text);
        await cluster.AllEndedAsync();
        own.Heal(victim);
        var next = cluster.Start(victim);
        await next.LineAsync("3 members", cluster.Stop);
        await cluster.LeaveAsync();
        await cluster.Store.IntactAsync();
    }

    [Fact]
    public async Task A_node_stands_still_until_the_others_have_given_it_up()
    {
        await using var cluster = await ClusterScenario.FormAsync(demo);
        await cluster.PlanAsync();
        var zombie = cluster.Nodes[1];
        await cluster.Store.CatchAsync(zombie, "segment-");

        await cluster.AllEndedAsync();
        zombie.Send(Signal.Continue);
        Assert.True(await zombie.EndAsync(cluster.Stop) == ClusterScenario.TakenOut, zombie.Text);
        await cluster.LeaveAsync(cluster.Nodes[0], cluster.Nodes[2]);
        var dossiers = await cluster.Store.IntactAsync();
        Assert.Equal(1, dossiers.Sum(it => it.TakeOvers()));
    }

    [Fact]
    public async Task A_node_that_drains_hands_its_episodes_on_and_nobody_waits_for_a_lease()
    {
        await using var cluster = await ClusterScenario.FormAsync(demo);
        await cluster.PlanAsync();
        var leaver = cluster.Nodes[1];
        await cluster.Store.AfterAsync(leaver, "segment-");
        leaver.Send(Signal.Terminate);
        leaver.Send(Signal.Continue);
        Assert.True(await leaver.EndAsync(cluster.Stop) == 0, leaver.Text);

        await cluster.Nodes[0].LineAsync($"{cluster.Seats[1].Address} has left", cluster.Stop);
        await cluster.AllEndedAsync();
        await cluster.LeaveAsync(cluster.Nodes[0], cluster.Nodes[2]);
        Assert.All(await cluster.Store.IntactAsync(), it => Assert.Equal(0, it.TakeOvers()));
    }

    [Fact]
    public async Task All_nodes_are_killed_and_started_again()
    {
        await using var cluster = await ClusterScenario.FormAsync(demo);
        await cluster.PlanAsync();
        await cluster.Store.UntilAsync("an iteration", all => all.Any(it => it.Iterations.Count > 0));
        foreach (var node in cluster.Nodes)
        {
            await node.KillAsync(cluster.Stop);
        }

        // Nobody is left who remembers where anything was; the store does.
        for (var seat = 0; seat < 3; seat++)
        {
            cluster.Start(seat);
        }

        await cluster.AllUpAsync();
        await cluster.AllEndedAsync();
        await cluster.LeaveAsync();
        await cluster.Store.IntactAsync();
    }

    [Fact]
    public async Task A_node_for_control_alone_plans_and_runs_nothing()
    {
        await using var cluster = await ClusterScenario.FormAsync(demo, roles: ["control", "gpu", "gpu"]);
        await cluster.PlanAsync();
        await cluster.AllEndedAsync();
        await cluster.LeaveAsync();

        var dossiers = await cluster.Store.IntactAsync();
        Assert.Contains("this node plans the sweeps", cluster.Nodes[0].Text);
        Assert.All(cluster.Nodes.Skip(1), node => Assert.DoesNotContain("plans the sweeps", node.Text));
        Assert.DoesNotContain(ClusterScenario.NameOf(0), dossiers.Select(it => it.Episode.Node));
    }
}
