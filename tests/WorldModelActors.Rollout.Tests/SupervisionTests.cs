using WorldModelActors.Media;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>
/// Whatever dies whenever, every episode comes out as if nothing had happened: actors of every kind are killed at messages drawn with a
/// fixed seed, 200 runs in all.
/// </summary>
[Collection(DemoModelCollection.Name)]
public sealed class SupervisionTests(TinyWorld world)
{
    private const int RunsOfEachKind = 26;
    private const int MixedRuns = 18;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ActorKind.Denoiser)]
    [InlineData(ActorKind.PolicySampler)]
    [InlineData(ActorKind.WorldModelSampler)]
    [InlineData(ActorKind.ObservationDecoder)]
    [InlineData(ActorKind.ClipEmbedder)]
    [InlineData(ActorKind.VideoWriter)]
    [InlineData(ActorKind.Episode)]
    public async Task KilledActorLosesNothingAndDoublesNothing(ActorKind kind)
    {
        var (expected, messages) = await UndisturbedAsync();
        var random = new Random(1000 + (int)kind);
        for (var run = 0; run < RunsOfEachKind; run++)
            await CheckAsync(expected, $"{kind}, run {run}", (kind, random.NextInt64(1, messages[kind] + 1)));
    }

    [Fact]
    public async Task SeveralKilledActorsLoseNothingAndDoubleNothing()
    {
        var (expected, messages) = await UndisturbedAsync();
        var random = new Random(77);
        for (var run = 0; run < MixedRuns; run++)
        {
            var kinds = Enum.GetValues<ActorKind>();
            random.Shuffle(kinds);
            await CheckAsync(expected, $"mixed run {run}", [.. kinds.Take(3).Select(k => (k, random.NextInt64(1, messages[k] + 1)))]);
        }
    }

    private static (EpisodePlan Plan, EpisodeStart Start)[] Episodes() =>
    [
        TinyWorld.Episode("a", iterations: 2, executeSteps: 4),
        TinyWorld.Episode("b", iterations: 2, executeSteps: 1),
    ];

    private async Task<(EpisodeRecord[] Records, Dictionary<ActorKind, long> Messages)> UndisturbedAsync()
    {
        var faults = new ScriptedFaults();
        var (results, sinks, _) = await RunAsync(faults);
        Assert.All(results, r => Assert.Equal((EpisodeStatus.Completed, 0), (r.Status, r.Restarts)));
        Assert.Equal([8, 2], sinks.Select(s => s.Frames.Count));
        Assert.Equal(Enum.GetValues<ActorKind>(), faults.Messages.Keys.Order());
        // What was forgotten up to now is gone before tensors are counted: those of TorchSharp end with the collector, too.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return ([.. results.Zip(sinks, EpisodeRecord.Of)], new(faults.Messages));
    }

    private async Task CheckAsync(EpisodeRecord[] expected, string name, params (ActorKind Kind, long Number)[] kills)
    {
        var (tensors, images) = (Tensor.TotalCount, Image.LiveImages);
        var faults = new ScriptedFaults(kills);
        var (results, sinks, held) = await RunAsync(faults);
        var story = $"{name}: {string.Join(", ", faults.Killed)}; {string.Join("; ", results.Select(r => $"{r.Status} {r.Cause}"))}";
        Assert.True(results.All(r => r.Status == EpisodeStatus.Completed), story);
        Assert.True(results.Zip(sinks, EpisodeRecord.Of).SequenceEqual(expected), story);
        Assert.True(sinks.All(s => s.Completed), story);
        Assert.True(held == 0, $"{story}: {held} handles are left");
        Assert.True(results.All(r => r.Leaks.Count == 0), $"{story}: {string.Join("; ", results.SelectMany(r => r.Leaks))}");
        Assert.Equal((tensors, images), (Tensor.TotalCount, Image.LiveImages));
    }

    private async Task<(EpisodeResult[] Results, MemorySink[] Sinks, int Held)> RunAsync(IFaultInjector faults)
    {
        var options = new RolloutOptions
        {
            MinRestartBackoff = TimeSpan.Zero,
            MaxRestartBackoff = TimeSpan.Zero,
            Deterministic = true,
            Decoder = new BatchOptions { MaxBatch = 2 },
            Faults = faults,
        };
        var episodes = Episodes();
        var sinks = episodes.Select(_ => new MemorySink()).ToArray();
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, options);
        var results = await Task.WhenAll(
            episodes.Zip(sinks, (e, sink) => node.RunAsync(e.Plan, e.Start, new PhiloxNoise(), sink, Token)));
        return (results, sinks, node.Store.Count);
    }
}
