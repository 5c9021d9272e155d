using WorldModelActors.Reliability;
using WorldModelActors.Reliability.Tests;

namespace WorldModelActors.Cluster.Tests;

/// <summary>Three nodes as processes that form a cluster before anything is planned.</summary>
internal sealed class ClusterScenario : IAsyncDisposable
{
    public const int TakenOut = 75;

    private readonly Scenario _scenario;
    private readonly WmaProcess[] _nodes = new WmaProcess[3];

    private ClusterScenario(Scenario scenario, IReadOnlyList<ClusterSeat> seats) => (_scenario, Seats) = (scenario, seats);

    public IReadOnlyList<ClusterSeat> Seats { get; }

    /// <summary>The present lives; the first is the oldest, and plans.</summary>
    public IReadOnlyList<WmaProcess> Nodes => _nodes;

    public Scenario Store => _scenario;

    public CancellationToken Stop => _scenario.Stop;

    /// <summary>Starts the nodes, each in its seat, and waits until all are members.</summary>
    /// <param name="demo">What is run.</param>
    /// <param name="seats">Where; null for this machine's own address.</param>
    /// <param name="roles">The roles of each; null for all.</param>
    /// <param name="postgres">Where the store is; null for a SQLite file.</param>
    public static async Task<ClusterScenario> FormAsync(Demo demo, IReadOnlyList<ClusterSeat>? seats = null, IReadOnlyList<string>? roles = null, PrivatePostgres? postgres = null)
    {
        var scenario = await Scenario.EmptyAsync(demo, postgres);
        var cluster = new ClusterScenario(scenario, seats ?? ClusterSeat.OnLoopback(3));
        try
        {
            for (var i = 0; i < cluster._nodes.Length; i++)
            {
                cluster.Start(i, roles?[i]);
                // One after the other: the first is the oldest.
                await cluster._nodes[i].LineAsync($"{cluster.Seats[i].Address} is up", cluster.Stop);
            }

            await cluster.AllUpAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the next life of a seat.</summary>
    public WmaProcess Start(int seat, string? roles = null) =>
        _nodes[seat] = _scenario.Place.StartNode(NameOf(seat), Seats[seat], ["--lease", Scenario.Lease, .. roles is null ? Array.Empty<string>() : ["--roles", roles]]);

    public static string NameOf(int seat) => $"node {seat}";

    /// <summary>Plans all episodes of the demo; they spread over the nodes.</summary>
    public Task PlanAsync() => _scenario.Place.PlanAsync(Demo.Work(0, 1, 2), Stop);

    /// <summary>Waits until each node has seen three members.</summary>
    public Task AllUpAsync() => Task.WhenAll(_nodes.Select(node => node.LineAsync("3 members", Stop)));

    /// <summary>Waits until all episodes have ended.</summary>
    public Task AllEndedAsync() => _scenario.UntilAsync("all episodes have ended", all => all.AllEnded());

    /// <summary>Ends the nodes in good order.</summary>
    public async Task LeaveAsync(params IReadOnlyList<WmaProcess> nodes)
    {
        foreach (var node in nodes.Count > 0 ? nodes : _nodes)
        {
            node.Send(Signal.Terminate);
            Assert.True(await node.EndAsync(Stop) == 0, node.Text);
        }
    }

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();
}
