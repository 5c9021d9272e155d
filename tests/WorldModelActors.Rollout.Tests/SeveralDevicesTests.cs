using System.Collections.Concurrent;
using WorldModelActors.Engine;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public sealed class SeveralDevicesTests(TinyWorld world)
{
    private static readonly RolloutOptions Deterministic = new() { Deterministic = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EpisodesAreSpreadOverTheDevicesAndComeOutTheSame()
    {
        var before = LiveTensors;
        var episodes = Enumerable.Range(0, 4).Select(i => TinyWorld.Episode($"e{i}", iterations: 2, executeSteps: 2)).ToList();
        var alone = new List<EpisodeRecord>();
        foreach (var (plan, start) in episodes)
        {
            await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, Deterministic);
            var sink = new MemorySink();
            alone.Add(EpisodeRecord.Of(await node.RunAsync(plan, start, new PhiloxNoise(), sink, Token), sink));
        }

        var actors = new Paths();
        var sinks = episodes.ConvertAll(_ => new MemorySink());
        await using (var node = await RolloutNode.StartAsync(
            ActorEngines.FromEnvironment, Devices("cpu/0", "cpu/1"), Deterministic, system: new ActorSystemOptions { Events = [actors] }))
        {
            var results = await Task.WhenAll(episodes.Zip(sinks, (e, s) => node.RunAsync(e.Plan, e.Start, new PhiloxNoise(), s, Token)));
            Assert.Equal(alone, results.Zip(sinks, EpisodeRecord.Of));
            // All four were placed before the first ended, or where one had ended its device was the emptier one: never all on one.
            Assert.Equal(["cpu/0", "cpu/1"], results.Select(r => r.Device).Distinct().Order());
            Assert.Equal(["cpu/0", "cpu/1"], node.Stores.Select(s => s.Name));
            Assert.All(node.Stores, s => Assert.True(s.Count == 0 && s.PeakBytes > 0));
        }
        Assert.Contains("/node/device/0/denoiser", actors.Started);
        Assert.Contains("/node/device/1/denoiser", actors.Started);
        Assert.Equal(before, LiveTensors);
    }

    [Fact]
    public async Task DevicesAreCheckedBeforeAnythingStarts()
    {
        Assert.Contains("no device", (await Assert.ThrowsAsync<RolloutException>(() => Start())).Message);
        Assert.Contains("cpu is there twice", (await Assert.ThrowsAsync<RolloutException>(() => Start("cpu", "cpu"))).Message);
    }

    private Task<RolloutNode> Start(params string[] names) => RolloutNode.StartAsync(ActorEngines.FromEnvironment, Devices(names), Deterministic);

    private RolloutDevice[] Devices(params string[] names) => [.. names.Select(n => new RolloutDevice(n, world.Model))];

    private sealed class Paths : IEngineEvents
    {
        public ConcurrentBag<string> Started { get; } = [];

        public void ActorStarted(ActorPath actor) => Started.Add(actor.ToString());
    }
}
