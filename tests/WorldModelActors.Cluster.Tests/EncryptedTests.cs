using WorldModelActors.Engine.Akka;
using WorldModelActors.Reliability;
using WorldModelActors.Reliability.Tests;

namespace WorldModelActors.Cluster.Tests;

/// <summary>A cluster whose nodes show certificates to each other.</summary>
public sealed class EncryptedTests(Demo demo)
{
    [Fact]
    public async Task Nodes_with_certificates_do_the_work_also_when_one_is_killed_and_strangers_stay_outside()
    {
        using var folder = new ScratchFolder();
        var ours = new NodeCertificates(folder["ours"], "node");
        var theirs = new NodeCertificates(folder["theirs"], "node");
        var seats = ClusterSeat.OnLoopback(5);
        await using var cluster = await ClusterScenario.FormAsync(demo, [.. seats.Take(3).Select(seat => seat with { Environment = ours.EnvironmentOf("node") })]);
        var strangers = new[] { Stranger("open", seats[3]), Stranger("theirs", seats[4] with { Environment = theirs.EnvironmentOf("node") }) };
        await cluster.PlanAsync();
        await cluster.Store.CatchAsync(cluster.Nodes[0], "segment-");
        await cluster.Nodes[0].KillAsync(cluster.Stop);
        await cluster.AllEndedAsync();

        await strangers[0].LineAsync("do without certificates, as this node does?", cluster.Stop);
        // Of two that do not trust each other the one that dials ends: it may be the one whose certificate is out of date.
        Assert.True(await strangers[1].EndAsync(cluster.Stop) == ClusterScenario.TakenOut, strangers[1].Text);
        Assert.Contains("certificate is not of this node's authority", strangers[1].Text);
        Assert.Contains(AkkaTls.Refused, strangers[1].Text);
        await cluster.LeaveAsync(cluster.Nodes[1], cluster.Nodes[2]);
        Assert.All(cluster.Nodes, node => Assert.DoesNotContain("4 members", node.Text));
        Assert.All(cluster.Nodes.Append(strangers[0]).Append(strangers[1]), node => Assert.DoesNotContain("troubleshooting", node.Text));
        Assert.All(await cluster.Store.IntactAsync(), it => Assert.Contains(it.Episode.Node, (string[])[ClusterScenario.NameOf(1), ClusterScenario.NameOf(2)]));

        WmaProcess Stranger(string name, ClusterSeat seat) => cluster.Store.Place.StartNode(name, seat, "--lease", Scenario.Lease);
    }

    [Fact]
    public async Task A_certificate_that_is_not_there_is_one_clear_line()
    {
        await using var scenario = await Scenario.EmptyAsync(demo);
        var seat = ClusterSeat.OnLoopback(1)[0] with
        {
            Environment = new Dictionary<string, string>
            {
                ["WMA_AKKA_CERTIFICATE"] = scenario.PathOf("none.pem"),
                ["WMA_AKKA_KEY"] = scenario.PathOf("none.key"),
                ["WMA_AKKA_AUTHORITY"] = scenario.PathOf("authority.pem"),
            },
        };
        var node = scenario.Place.StartNode("node", seat);
        Assert.Equal(2, await node.EndAsync(scenario.Stop));
        var line = Assert.Single(node.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("the certificates for TLS between nodes cannot be read", line);
        Assert.Contains("none.pem", line);
    }
}
