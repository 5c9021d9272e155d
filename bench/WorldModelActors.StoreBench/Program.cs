using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using WorldModelActors.Episodes;

namespace WorldModelActors.StoreBench;

/// <summary>
/// What the store costs: planning, claims, heart-beats and commits, with so many episodes planned and so many nodes at once.
/// <c>dotnet run -c Release --project bench/WorldModelActors.StoreBench -- STORE [NODES] [PLANNED...]</c>; on PostgreSQL each
/// size gets a schema of its own, on SQLite a file.
/// </summary>
internal static class Program
{
    private const int ClaimsPerNode = 40;
    private const int CommitsPerNode = 40;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments.Length == 0)
        {
            await Console.Error.WriteLineAsync("usage: STORE [NODES] [PLANNED...], e.g. /tmp/bench.sqlite 16 1000 10000 100000");
            return 2;
        }

        var nodes = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 16;
        var sizes = arguments.Length > 2 ? arguments.Skip(2).Select(text => int.Parse(text, CultureInfo.InvariantCulture)) : [1_000, 10_000, 100_000];
        Console.WriteLine("| planned | plan s | again s | one claim ms | claim ms (all nodes) | claims/s | heart-beat ms | commit ms (all nodes) | commits/s | summary ms |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var planned in sizes)
        {
            Console.WriteLine(await MeasureAsync(LocationOf(arguments[0], planned), nodes, planned));
        }

        return 0;
    }

    /// <summary>A place that no earlier run has used.</summary>
    private static StoreLocation LocationOf(string store, int planned)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"b{planned}_{Environment.ProcessId}");
        return StoreLocation.Parse(store.Contains("://", StringComparison.Ordinal)
            ? $"{store}{(store.Contains('?', StringComparison.Ordinal) ? '&' : '?')}schema={suffix}"
            : $"{store}.{suffix}");
    }

    private static async Task<string> MeasureAsync(StoreLocation location, int nodes, int planned)
    {
        await using var first = await EpisodeStores.OpenAsync(location);
        var sweep = new SweepPlan("bench", []);
        var episodes = Enumerable.Range(0, planned).Select(seed => new PlannedEpisode(
            $"seed {seed}", new JsonObject { ["seed"] = seed, ["prompt"] = "stack the blocks", ["ddim_steps"] = 50, ["eta"] = 1.0, ["guidance"] = 7.5 }, CommitsPerNode)).ToList();
        var plan = await TimedAsync(() => first.PlanAsync(sweep, episodes));
        var again = await TimedAsync(() => first.PlanAsync(sweep, episodes));

        var stores = new List<IEpisodeStore>();
        var ids = new List<NodeId>();
        for (var i = 0; i < nodes; i++)
        {
            stores.Add(await EpisodeStores.OpenAsync(location, new StoreOptions { MaxConnections = 2 }));
            ids.Add(await stores[i].RegisterAsync(new NodeDescription($"node {i}", ["cpu"], 1, 1 << 30)));
            await stores[i].SummaryAsync("none");
        }

        var alone = Stopwatch.StartNew();
        for (var i = 0; i < ClaimsPerNode; i++)
        {
            await ClaimAsync(stores[0], ids[0]);
        }

        alone.Stop();
        var claims = await AllAsync(nodes, ClaimsPerNode, i => ClaimAsync(stores[i], ids[i]));
        var held = new List<Claim>();
        for (var i = 0; i < nodes; i++)
        {
            held.Add(await ClaimAsync(stores[i], ids[i]));
        }

        var beats = await AllAsync(nodes, ClaimsPerNode, i => stores[i].RenewAsync(ids[i], [held[i]], TimeSpan.FromMinutes(10)));
        var next = new int[nodes];
        var commits = await AllAsync(nodes, CommitsPerNode, i => stores[i].CommitIterationAsync(held[i], Commit(next[i]++)));
        var summary = await TimedAsync(() => first.SummaryAsync());
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {planned} | {plan:0.00} | {again:0.00} | {alone.Elapsed.TotalMilliseconds / ClaimsPerNode:0.00} | {claims.Each:0.00} | {claims.Rate:0} | {beats.Each:0.00} | {commits.Each:0.00} | {commits.Rate:0} | {summary * 1000:0.0} |");
    }

    private static async Task<Claim> ClaimAsync(IEpisodeStore store, NodeId node) =>
        (await store.ClaimAsync(new ClaimRequest(node, 1, TimeSpan.FromMinutes(10))))[0];

    /// <summary>An iteration of the usual size: 16 frames, two files.</summary>
    private static IterationCommit Commit(int iteration)
    {
        var values = Enumerable.Range(0, 16 * 16).Select(i => MathF.Sin(i + iteration)).ToArray();
        return new IterationCommit(iteration, 16)
        {
            Rows = new TrajectoryRows(16, values, values),
            Files = [new StoredFile(StoredFileKind.Segment, "segment.mp4", 1, new string('0', 64)), new StoredFile(StoredFileKind.Queue, "queue.safetensors", 1, new string('0', 64))],
            Counters = new JsonObject { ["seconds"] = 1.0 },
        };
    }

    /// <summary>All nodes at once, each one call after the other: milliseconds of a call, calls per second of all.</summary>
    private static async Task<(double Each, double Rate)> AllAsync(int nodes, int calls, Func<int, Task> call)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, nodes).Select(node => Task.Run(async () =>
        {
            for (var i = 0; i < calls; i++)
            {
                await call(node);
            }
        })));
        var seconds = clock.Elapsed.TotalSeconds;
        return (seconds * 1000 / calls, nodes * calls / seconds);
    }

    private static async Task<double> TimedAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalSeconds;
    }
}
