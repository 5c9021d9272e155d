using WorldModelActors.Media;
using WorldModelActors.Sampling;

namespace WorldModelActors.Rollout.Tests;

[Collection(DemoModelCollection.Name)]
public sealed class EpisodeRestartTests(TinyWorld world)
{
    private static readonly RolloutOptions Quick = new()
    {
        MinRestartBackoff = TimeSpan.Zero,
        MaxRestartBackoff = TimeSpan.Zero,
        Deterministic = true,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RestartedEpisodeGoesOnFromItsLastCommittedIteration()
    {
        var (plan, start) = TinyWorld.Episode("e", iterations: 4, executeSteps: 2);
        var undisturbed = await Run(new EpisodeRequest(plan, start, new PhiloxNoise(), new MemorySink()), Quick);
        var kill = true;
        var observer = new Restarts();
        var faults = new ScriptedFaults
        {
            // The third iteration's future is on its way to the episode.
            Also = (_, message) => kill && message is EpisodeAnswer.FutureReady && observer.Started.Count == 3 && !(kill = false),
        };
        var result = await Run(new EpisodeRequest(plan, start, new PhiloxNoise(), new MemorySink()), Quick with { Faults = faults }, observer);
        Assert.Equal(undisturbed.Record, result.Record);
        Assert.Equal((1, 1), (result.Result.Restarts, observer.Restarting.Count));
        // Not from the beginning: at most the iterations in flight are made again.
        Assert.InRange(observer.Restarting[0], 1, 2);
        Assert.Equal(observer.Restarting[0], observer.Started[3]);
        Assert.Empty(result.Result.Leaks);
    }

    [Fact]
    public async Task EpisodeThatKeepsFailingEndsWithItsCauseAndLeavesNothing()
    {
        var (tensors, images) = (LiveTensors, Image.LiveImages);
        var (plan, start) = TinyWorld.Episode("e", iterations: 3, executeSteps: 3);
        var faults = new ScriptedFaults { Also = (_, message) => message is EpisodeAnswer.FutureReady };
        var other = TinyWorld.Episode("other", iterations: 1, executeSteps: 1);
        await using (var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, Quick with { Faults = faults, MaxRestarts = 2 }))
        {
            var result = await node.RunAsync(plan, start, new PhiloxNoise(), new MemorySink(), Token);
            Assert.Equal((EpisodeStatus.Failed, 2, 0), (result.Status, result.Restarts, result.Frames));
            Assert.Contains("episode e failed (after 2 restarts): Episode killed at message", result.Cause);
            Assert.Equal(0, node.Store.Count);
            Assert.Equal(EpisodeStatus.Failed, (await node.RunAsync(other.Plan, other.Start, new PhiloxNoise(), new MemorySink(), Token)).Status);
        }
        Assert.Equal((tensors, images), (LiveTensors, Image.LiveImages));
    }

    /// <summary>Arrays of every iteration, given to a new node: the rest comes out as in the undisturbed run.</summary>
    [Theory]
    [InlineData(2, false)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public async Task EpisodeResumedFromArraysEqualsTheUndisturbedOne(int executeSteps, bool policyVideo)
    {
        var (plan, start) = TinyWorld.Episode("e", iterations: 3, executeSteps);
        plan = plan with { DecodePolicyVideo = policyVideo };
        var journal = new MemoryJournal();
        var sink = new MemorySink();
        var whole = await Run(new EpisodeRequest(plan, start, new PhiloxNoise(), sink) { Journal = journal }, Quick);
        Assert.Equal([1, 2, 3], journal.Snapshots.Select(s => s.Iteration));
        Assert.Equal(journal.Snapshots.Select(s => s.Iteration * executeSteps * 16), journal.Snapshots.Select(s => s.TrajectoryStates.Length));
        Assert.All(journal.WrittenThen.Zip(journal.Snapshots), p => Assert.True(p.First >= p.Second.Frames));
        foreach (var snapshot in journal.Snapshots)
        {
            var rest = new MemorySink();
            var resumed = await Run(new EpisodeRequest(plan, start, new PhiloxNoise(), rest) { Resume = snapshot }, Quick);
            Assert.Equal(sink.Frames.Skip(snapshot.Frames), rest.Frames);
            Assert.Equal(sink.PolicyFrames.Skip(snapshot.PolicyFrames), rest.PolicyFrames);
            Assert.Equal((whole.Record.Actions, whole.Record.States), (resumed.Record.Actions, resumed.Record.States));
            Assert.Equal((plan.Iterations, sink.Frames.Count), (resumed.Result.Iterations, resumed.Result.Frames));
        }
    }

    [Fact]
    public async Task JournalIsAskedInOrderOneAtATimeAndHoldsUpSamplingWhenItIsSlow()
    {
        var (plan, start) = TinyWorld.Episode("e", iterations: 6, executeSteps: 1);
        var observer = new Restarts();
        var journal = new MemoryJournal { BeforeCommit = new SemaphoreSlim(0) };
        var sink = new MemorySink();
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, Quick with { MaxIterationsInFlight = 2 }, observer);
        var running = node.RunAsync(new EpisodeRequest(plan, start, new PhiloxNoise(), sink) { Journal = journal }, Token);
        for (var committed = 0; committed < plan.Iterations; committed++)
        {
            // Three more than the journal has begin, where there are so many, and no more.
            await observer.WhenStarted(Math.Min(plan.Iterations, committed + 3));
            Assert.Equal(Math.Min(plan.Iterations, committed + 3), observer.Started.Count);
            journal.BeforeCommit.Release();
            await journal.WhenTaken(committed + 1);
        }
        Assert.Equal(EpisodeStatus.Completed, (await running).Status);
        Assert.Equal(1, journal.MostAtATime);
        Assert.Equal([1, 2, 3, 4, 5, 6], journal.Snapshots.Select(s => s.Iteration));
    }

    [Fact]
    public async Task JournalThatFailsOnceIsAskedAgainAndOneThatKeepsFailingEndsTheEpisode()
    {
        var (plan, start) = TinyWorld.Episode("e", iterations: 2, executeSteps: 1);
        var once = new MemoryJournal { Failures = 1 };
        var mended = await Run(new EpisodeRequest(plan, start, new PhiloxNoise(), new MemorySink()) { Journal = once }, Quick);
        Assert.Equal(EpisodeStatus.Completed, mended.Result.Status);
        Assert.Equal([1, 2], once.Snapshots.Select(s => s.Iteration));

        var always = new MemoryJournal { Failures = int.MaxValue };
        var failed = await Run(new EpisodeRequest(plan, start, new PhiloxNoise(), new MemorySink()) { Journal = always }, Quick);
        Assert.Equal(EpisodeStatus.Failed, failed.Result.Status);
        Assert.Contains("recording an iteration failed: no space", failed.Result.Cause);
        Assert.Empty(always.Snapshots);
    }

    [Fact]
    public async Task AttemptsOfOneCommitDoNotCountForTheNext()
    {
        var (plan, start) = TinyWorld.Episode("e", iterations: 3, executeSteps: 1);
        var busy = new MemoryJournal { RefusesFirst = true };
        var result = await Run(new EpisodeRequest(plan, start, new PhiloxNoise(), new MemorySink()) { Journal = busy }, Quick with { MaxRetries = 1 });
        Assert.Equal((EpisodeStatus.Completed, null), (result.Result.Status, result.Result.Cause));
        Assert.Equal([1, 2, 3], busy.Snapshots.Select(s => s.Iteration));
    }

    [Fact]
    public async Task StateThatDoesNotFitIsRefused()
    {
        var (plan, start) = TinyWorld.Episode("e", iterations: 2, executeSteps: 1);
        var snapshot = new EpisodeSnapshot(1, 1, 0, new float[2 * 192], new float[32], new float[255], new float[16], new float[16]);
        var error = await Assert.ThrowsAsync<RolloutException>(
            () => Run(new EpisodeRequest(plan, start, new PhiloxNoise(), new MemorySink()) { Resume = snapshot }, Quick));
        Assert.Contains("255 values of actions, the episode takes 256", error.Message);
    }

    private async Task<(EpisodeResult Result, EpisodeRecord Record)> Run(EpisodeRequest request, RolloutOptions options, IRolloutObserver? observer = null)
    {
        await using var node = await RolloutNode.StartAsync(ActorEngines.FromEnvironment, world.Model, options, observer);
        if (request.Journal is MemoryJournal journal)
            journal.Sink = (MemorySink)request.Sink;
        var result = await node.RunAsync(request, Token);
        Assert.Equal(0, node.Store.Count);
        return (result, EpisodeRecord.Of(result, (MemorySink)request.Sink));
    }

    private sealed class Restarts : IRolloutObserver
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<int, TaskCompletionSource> _waiting = [];

        public List<int> Started { get; } = [];

        public List<int> Restarting { get; } = [];

        public void IterationStarted(string episode, int iteration)
        {
            lock (_lock)
            {
                Started.Add(iteration);
                foreach (var (count, source) in _waiting)
                {
                    if (Started.Count >= count)
                        source.TrySetResult();
                }
            }
        }

        public void EpisodeRestarting(string episode, int iteration, Exception cause) => Restarting.Add(iteration);

        public Task WhenStarted(int iterations)
        {
            lock (_lock)
            {
                if (Started.Count >= iterations)
                    return Task.CompletedTask;
                return (_waiting[iterations] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }
}
