using WorldModelActors.Engine;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

/// <summary>Ends that meet other messages on their way.</summary>
[Collection(DemoModelCollection.Name)]
public sealed class NodeEndTests(TinyWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodeThatADeviceActorEndsGivesItsEpisodesTheCause()
    {
        var before = LiveTensors;
        var (plan, start) = TinyWorld.Episode("e", iterations: 2, executeSteps: 1);
        var options = new RolloutOptions
        {
            MinRestartBackoff = TimeSpan.Zero,
            MaxRestartBackoff = TimeSpan.Zero,
            MaxRestarts = 1,
            Faults = new ScriptedFaults { Also = (kind, _) => kind == ActorKind.ObservationDecoder },
        };
        var sink = new MemorySink();
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, options))
        {
            var error = await Assert.ThrowsAsync<ActorSystemFailedException>(() => node.RunAsync(plan, start, new PhiloxNoise(), sink, Token));
            Assert.Contains("ObservationDecoder killed at message 2", error.Message);
        }
        Assert.True(sink.Disposed);
        Assert.Equal(before, LiveTensors);
    }

    [Fact]
    public async Task EpisodeMayRunAgainAsSoonAsItsResultIsThere()
    {
        var (plan, start) = TinyWorld.Episode("e", iterations: 1, executeSteps: 1);
        var (other, otherStart) = TinyWorld.Episode("other", iterations: 1, executeSteps: 1);
        using var hold = new HeldEnd("/node/episode/e");
        await using var node = await RolloutNode.StartAsync(
            ActorEngines.FromEnvironment, world.Model, new RolloutOptions(), system: new ActorSystemOptions { Events = [hold] });
        var first = await node.RunAsync(plan, start, new PhiloxNoise(), new MemorySink(), Token);
        var again = node.RunAsync(plan, start, new PhiloxNoise(), new MemorySink(), Token);
        // Told after it, hence taken after it.
        await node.RunAsync(other, otherStart, new PhiloxNoise(), new MemorySink(), Token);
        Assert.False(again.IsCompleted);
        hold.Release();
        Assert.Equal((EpisodeStatus.Completed, EpisodeStatus.Completed), (first.Status, (await again).Status));
        Assert.Equal(0, node.Store.Count);
    }

    /// <summary>Keeps the first end of an actor from being told until it is released.</summary>
    private sealed class HeldEnd(string path) : IEngineEvents, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();

        public void ActorStopped(ActorPath actor, Exception? cause)
        {
            if (actor.ToString() == path)
                _released.Wait();
        }

        public void Release() => _released.Set();

        public void Dispose()
        {
            _released.Set();
            _released.Dispose();
        }
    }
}
