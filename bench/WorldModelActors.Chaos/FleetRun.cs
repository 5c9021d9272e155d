using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using WorldModelActors.Episodes;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>
/// Many nodes and many planned episodes on one PostgreSQL that flushes to the disk. The nodes do all that nodes do with the store (claim,
/// heart-beat, commit, complete), but their samplers take no time, so that nothing but the store bounds them.
/// </summary>
internal sealed class FleetRun(ChaosOptions options, TextWriter log)
{
    private const int AtOnce = 4;
    private const int Iterations = 2;
    private const int Frames = 16;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);

    /// <summary>Runs it for each number of planned episodes.</summary>
    public async Task<(string? Markdown, JsonObject? Json, bool IsGood)> RunAsync(PrivatePostgres postgres, CancellationToken stop)
    {
        var markdown = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"| planned | done by {options.Nodes} nodes | seconds | episodes/s | claims/s | transactions/s | one claim of {AtOnce}, median ms | database's processor seconds | the same, ms per episode | rows read per episode | WAL bytes per episode |")
            .AppendLine("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        var rows = new JsonArray();
        foreach (var planned in options.Planned)
        {
            var row = await MeasureAsync(postgres, planned, Math.Min(planned, options.Episodes), stop);
            markdown.AppendLine(row.Markdown);
            rows.Add(row.Json);
            await log.WriteLineAsync(row.Markdown);
        }

        return (markdown.ToString(), new JsonObject { ["date"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture), ["nodes"] = options.Nodes, ["rows"] = rows }, true);
    }

    private async Task<(string Markdown, JsonObject Json)> MeasureAsync(PrivatePostgres postgres, int planned, int wanted, CancellationToken stop)
    {
        var url = postgres.NewStore();
        var location = StoreLocation.Parse(url);
        await using var planner = await EpisodeStores.OpenAsync(location, stop: stop);
        await planner.PlanAsync(
            new SweepPlan("fleet", []),
            [.. Enumerable.Range(0, planned).Select(i => new PlannedEpisode($"seed {i}", new JsonObject { ["seed"] = i, ["prompt"] = "stack the blocks", ["ddim_steps"] = 50 }, Iterations))],
            stop);

        var stores = new List<IEpisodeStore>();
        for (var i = 0; i < options.Nodes; i++)
        {
            stores.Add(await EpisodeStores.OpenAsync(location, new StoreOptions { MaxConnections = 2 }, stop));
        }

        await using var load = await DatabaseLoad.OpenAsync(postgres, stop);
        var before = await load.ReadAsync(stop);
        var clock = Stopwatch.StartNew();
        var tickets = wanted;
        var claims = new ConcurrentBag<double>();
        var done = 0;
        await Task.WhenAll(stores.Select((store, i) => Task.Run(
            async () =>
            {
                var node = await store.RegisterAsync(new NodeDescription($"node {i}", ["cpu"], AtOnce, 1L << 40), stop);
                // Whoever draws the last tickets takes less than it could.
                while (Math.Min(AtOnce, AtOnce + Interlocked.Add(ref tickets, -AtOnce)) is > 0 and var left)
                {
                    // A claim passes over what another one has locked at the moment; so it may bring less than was asked for.
                    while (left > 0)
                    {
                        var asked = Stopwatch.GetTimestamp();
                        var held = await store.ClaimAsync(new ClaimRequest(node, left, s_lease), stop);
                        claims.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                        await store.RenewAsync(node, held, s_lease, stop);
                        foreach (var claim in held)
                        {
                            await DoAsync(store, claim, stop);
                            Interlocked.Increment(ref done);
                        }

                        left -= held.Count;
                    }
                }

                await store.LeaveAsync(node, stop);
            },
            stop)));
        var seconds = clock.Elapsed.TotalSeconds;
        var used = (await load.ReadAsync(stop)).Since(before);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        var markdown = string.Create(
            CultureInfo.InvariantCulture,
            $"| {planned:N0} | {done:N0} | {seconds:0.0} | {done / seconds:0} | {claims.Count / seconds:0} | {used.Transactions / seconds:0} | {Numbers.Median(claims):0.0} | {used.Processor:0.0} | {1000 * used.Processor / done:0.0} | {(double)used.Rows / done:0} | {(double)used.Wal / done:0} |");
        var json = new JsonObject
        {
            ["planned"] = planned,
            ["done"] = done,
            ["seconds"] = seconds,
            ["claims"] = claims.Count,
            ["claim_ms_median"] = Numbers.Median(claims),
            ["transactions"] = used.Transactions,
            ["processor_seconds"] = used.Processor,
            ["rows_read"] = used.Rows,
            ["wal_bytes"] = used.Wal,
        };
        return (markdown, json);
    }

    private static async Task DoAsync(IEpisodeStore store, Claim claim, CancellationToken stop)
    {
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            await store.CommitIterationAsync(claim, Commit(iteration), stop);
        }

        await store.CompleteAsync(claim, new EpisodeResultFiles([FileOf(StoredFileKind.Result, "video.e1.mp4")], new JsonObject { ["frames"] = Frames * Iterations }), stop);
    }

    /// <summary>An iteration of the usual size; its files are on no disk.</summary>
    private static IterationCommit Commit(int iteration)
    {
        var values = Enumerable.Range(0, Frames * Frames).Select(i => MathF.Sin(i + iteration)).ToArray();
        return new IterationCommit(iteration, Frames)
        {
            Rows = new TrajectoryRows(Frames, values, values),
            Files = [FileOf(StoredFileKind.Segment, "segment.mkv"), FileOf(StoredFileKind.Queue, "queue.safetensors")],
            Counters = new JsonObject { ["seconds"] = 1.0 },
        };
    }

    private static StoredFile FileOf(StoredFileKind kind, string name) => new(kind, name, 1, new string('0', 64));
}
