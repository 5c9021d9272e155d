using System.Globalization;
using System.Text.Json.Nodes;
using WorldModelActors.Episodes;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>
/// How long an episode stands still when its owner is killed: two nodes, one long episode; the owner is killed, the other one goes on,
/// a new node takes the dead one's place, and so on.
/// </summary>
internal sealed class RecoveryRun(ChaosOptions options, TextWriter log)
{
    /// <summary>Runs it.</summary>
    public async Task<(string? Markdown, JsonObject? Json, bool IsGood)> RunAsync(string folder, PrivatePostgres? postgres, CancellationToken stop)
    {
        await using var place = await Workplace.OpenAsync(postgres?.NewStore() ?? Path.Combine(folder, "store.sqlite"), Path.Combine(folder, "state"), stop);
        await place.PlanAsync(new Workload([0], Iterations: 2_000) { DdimSteps = options.DdimSteps, ExecuteSteps = options.ExecuteSteps }, stop);
        var nodes = new Dictionary<string, WmaProcess>();
        // A cluster wants a majority that is left.
        var seats = options.InCluster ? ClusterSeat.OnLoopback(3) : null;
        WmaProcess youngest = null!;
        void Start(int slot)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"node-{slot}-{place.Nodes.Count + 1}");
            youngest = nodes[name] = seats is null ? place.StartNode(name, "--lease", options.LeaseText) : place.StartNode(name, seats[slot], "--lease", options.LeaseText);
        }

        Enumerable.Range(0, seats?.Count ?? 2).ToList().ForEach(Start);
        var (claims, commits, planners) = (new List<double>(), new List<double>(), 0);
        for (var trial = 1; trial <= options.Trials; trial++)
        {
            await KnownAsync(place, nodes.Keys, stop);
            if (seats is not null)
            {
                await youngest.LineAsync(string.Create(CultureInfo.InvariantCulture, $"{seats.Count} members"), stop);
            }

            var before = (await place.UntilAsync("an iteration of this owner", it => it[0].Lease is { } lease && nodes.ContainsKey(lease.NodeName) && it[0].Iterations.Count > 0 && it[0].Iterations[^1].Epoch == lease.Epoch, stop))[0];
            var owner = nodes[before.Lease!.NodeName];
            await owner.FreezeAsync(stop);
            // It may have gone on a little before it stood still.
            var epoch = (await place.DossiersAsync(stop))[0].Episode.Epoch;
            var at = DateTimeOffset.UtcNow;
            var plans = owner.Text.Contains("plans the sweeps", StringComparison.Ordinal);
            planners += plans ? 1 : 0;
            await owner.KillAsync(stop);
            nodes.Remove(owner.Title);

            var after = (await place.UntilAsync("another one goes on", it => it[0].Iterations[^1].Epoch > epoch, stop))[0];
            // The store's clock is that of this machine.
            claims.Add((after.Events.First(it => it.Kind == EventKind.Claimed && it.Epoch > epoch).At - at).TotalSeconds);
            commits.Add((after.Events.First(it => it.Kind == EventKind.IterationCommitted && it.Epoch > epoch).At - at).TotalSeconds);
            await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{trial}/{options.Trials}: claimed after {claims[^1]:0.00} s, an iteration committed after {commits[^1]:0.00} s{(plans ? "; it was the oldest, with coordinator and planner" : "")}"));
            Start(int.Parse(owner.Title.Split('-')[1], CultureInfo.InvariantCulture));
        }

        var markdown = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            | kill -9 of the owner{(seats is null ? "" : $" in a cluster of {seats.Count} ({planners} times it was the oldest)")}, lease {options.Lease} s, {(postgres is null ? "SQLite" : "PostgreSQL")} | median s | least s | most s | trials |
            |---|---:|---:|---:|---:|
            | until another node owns the episode | {Numbers.Text(Numbers.Median(claims))} | {claims.Min():0.00} | {claims.Max():0.00} | {claims.Count} |
            | until the next iteration is committed | {Numbers.Text(Numbers.Median(commits))} | {commits.Min():0.00} | {commits.Max():0.00} | {commits.Count} |
            """);
        var json = new JsonObject
        {
            ["date"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            ["engine"] = options.InCluster ? "akka" : "embedded",
            ["of_the_oldest"] = planners,
            ["store"] = postgres is null ? "sqlite" : "postgres",
            ["lease_seconds"] = options.Lease,
            ["claimed_after_seconds"] = new JsonArray([.. claims.Select(it => (JsonNode)it)]),
            ["committed_after_seconds"] = new JsonArray([.. commits.Select(it => (JsonNode)it)]),
        };
        return (markdown, json, true);
    }

    /// <summary>Waits until the store knows these nodes.</summary>
    private static Task KnownAsync(Workplace place, IEnumerable<string> names, CancellationToken stop)
    {
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        return Task.Run(
            async () =>
            {
                while (!wanted.IsSubsetOf((await place.Journal.SummaryAsync(stop: stop)).Nodes.Select(node => node.Id.Name)))
                {
                    await Task.Delay(100, stop);
                }
            },
            stop);
    }
}
