using System.Globalization;
using System.Text.Json.Nodes;

namespace WorldModelActors.Episodes.Tests;

/// <summary>Small sweeps, nodes and iterations.</summary>
internal static class Plans
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    public static SweepPlan Sweep(string name = "sweep") => new(name, new JsonObject { ["grid"] = name });

    public static PlannedEpisode Episode(int seed, int iterations = 3, int priority = 0, long bytes = 0) =>
        new(string.Create(CultureInfo.InvariantCulture, $"episode {seed}"), new JsonObject { ["seed"] = seed, ["eta"] = 0.5 }, iterations) { Priority = priority, Bytes = bytes };

    public static IReadOnlyList<PlannedEpisode> Episodes(int count, int iterations = 3) => [.. Enumerable.Range(0, count).Select(seed => Episode(seed, iterations))];

    public static NodeDescription Node(string name) => new(name, ["cpu"], 4, 1 << 30);

    public static TrajectoryRows Rows(int frames, int iteration = 0)
    {
        var values = Enumerable.Range(0, frames * 16).Select(i => (iteration * 1000) + i + 0.25f).ToArray();
        return new TrajectoryRows(16, values, values.Select(value => -value).ToArray());
    }

    public static IterationCommit Commit(int iteration, int frames = 2) => new(iteration, frames)
    {
        Rows = Rows(frames, iteration),
        Counters = new JsonObject { ["seconds"] = 1.5 },
        Files = [new StoredFile(StoredFileKind.Segment, $"segment-{iteration}.mp4", 10 + iteration, new string('a', 64))],
    };

    public static EpisodeResultFiles Result() => new([], new JsonObject { ["frames"] = 6 });

    public static async Task<Claim> ClaimOneAsync(this IEpisodeStore store, NodeId node) =>
        Assert.Single(await store.ClaimAsync(new ClaimRequest(node, 1, Lease), TestContext.Current.CancellationToken));

    public static async Task CommitAllAsync(this IEpisodeStore store, Claim claim)
    {
        for (var i = claim.Committed; i < claim.Iterations; i++)
        {
            await store.CommitIterationAsync(claim, Commit(i), TestContext.Current.CancellationToken);
        }
    }
}
