using System.Collections.Concurrent;

namespace WorldModelActors.Episodes.Tests;

/// <summary>
/// One node on a real store, with a worker whose iterations tests let pass one by one. Leases are long unless a test is about them; nothing
/// waits for a fixed time.
/// </summary>
public sealed class NodeServiceTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _drain = new();
    private readonly CancellationTokenSource _stopNow = new();
    private IEpisodeStore? _store;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _drain.Dispose();
        _stopNow.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Everything_planned_is_done_once()
    {
        var (store, worker, events) = await BeginAsync(episodes: 5);
        worker.Allow(15);
        await Serve(store, worker, events);

        Assert.Equal(15, worker.Made.Distinct().Count());
        Assert.Equal(15, worker.Made.Count);
        Assert.All(await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop), episode => Assert.Equal(JournalState.Completed, episode.State));
        Assert.Equal(5, events.Outcomes.Count(outcome => outcome == ServiceOutcome.Completed));
        Assert.Empty((await store.SummaryAsync(stop: Stop)).Nodes);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task No_more_episodes_run_at_a_time_than_there_is_room_for()
    {
        var (store, worker, events) = await BeginAsync(episodes: 7);
        var node = Serve(store, worker, events, capacity: 3);
        await Until(() => worker.Running == 3);
        worker.Allow(21);
        await node;
        Assert.Equal(3, worker.MostRunning);
    }

    [Fact]
    public async Task Where_episodes_are_placed_it_takes_those_that_were_placed_here_as_far_as_there_is_room()
    {
        var (store, worker, events) = await BeginAsync(episodes: 5);
        var ids = await store.UnendedAsync(10, Stop);
        var placement = new Placement();
        var node = Serve(store, worker, events, capacity: 2, exitWhenDone: false, pause: TimeSpan.FromMinutes(10), placement: placement);
        await Until(async () => (await store.SummaryAsync(stop: Stop)).Nodes.Count == 1);
        placement.Place(ids[1], ids[3], ids[4]);
        await Until(() => worker.Running == 2);
        Assert.Equal(new[] { ids[1], ids[3] }.Order(), placement.ClaimedIds.Order());

        worker.Allow(9);
        await Until(() => events.Outcomes.Count(outcome => outcome == ServiceOutcome.Completed) == 3);
        await _drain.CancelAsync();
        await node;
        Assert.Equal(2, worker.MostRunning);
        var states = (await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop)).ToDictionary(episode => episode.Id, episode => episode.State);
        Assert.Equal([JournalState.Planned, JournalState.Completed, JournalState.Planned, JournalState.Completed, JournalState.Completed], ids.Select(id => states[id]));
    }

    [Fact]
    public async Task An_episode_that_is_placed_elsewhere_is_given_back_and_the_others_go_on()
    {
        var (store, worker, events) = await BeginAsync(episodes: 2);
        var ids = await store.UnendedAsync(10, Stop);
        var placement = new Placement();
        placement.Place([.. ids]);
        var service = new NodeService(store, Files, worker, Options(capacity: 2) with { LongestPause = TimeSpan.FromMinutes(10) }, events, null, placement);
        var node = service.RunAsync(_drain.Token, _stopNow.Token);
        await Until(() => worker.Running == 2);

        placement.Take(ids[0]);
        await service.GiveBackAsync(ids[0]);
        Assert.Equal([ServiceOutcome.Released], events.Outcomes);
        Assert.Equal(JournalState.Planned, (await store.FindAsync(ids[0], Stop))!.State);
        await service.GiveBackAsync(ids[0]);

        worker.Allow(3);
        await Until(() => events.Outcomes.Contains(ServiceOutcome.Completed));
        await _drain.CancelAsync();
        await node;
        Assert.Equal(JournalState.Completed, (await store.FindAsync(ids[1], Stop))!.State);
    }

    [Fact]
    public async Task What_is_planned_later_is_found_without_waiting_for_a_pause()
    {
        var (store, worker, events) = await BeginAsync(episodes: 0);
        var node = Serve(store, worker, events, exitWhenDone: false, pause: TimeSpan.FromMinutes(10));
        await Until(async () => (await store.SummaryAsync(stop: Stop)).Nodes.Count == 1);
        await store.PlanAsync(Plans.Sweep(), [NewEpisode(0)], Stop);
        worker.Allow(3);
        await Until(() => events.Outcomes.Contains(ServiceOutcome.Completed));
        await _drain.CancelAsync();
        await node;
    }

    [Fact]
    public async Task A_draining_node_gives_back_what_it_has_and_leaves()
    {
        var (store, worker, events) = await BeginAsync(episodes: 2);
        var node = Serve(store, worker, events, capacity: 2);
        worker.Allow(2);
        await Until(() => worker.Made.Count == 2);
        await _drain.CancelAsync();
        await node;

        var episodes = await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop);
        Assert.All(episodes, episode => Assert.Equal(JournalState.Planned, episode.State));
        Assert.Equal(2, episodes.Sum(episode => episode.Committed));
        Assert.Equal([ServiceOutcome.Released, ServiceOutcome.Released], events.Outcomes);
        Assert.Empty((await store.SummaryAsync(stop: Stop)).Nodes);

        // Another node goes on behind what is committed.
        var next = new ScriptedWorker();
        next.Allow(4);
        await new NodeService(store, Files, next, Options()).RunAsync(CancellationToken.None, CancellationToken.None);
        Assert.Equal(6, worker.Made.Concat(next.Made).Select(made => (made.Episode, made.Iteration)).Distinct().Count());
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_drain_that_the_store_asks_for_is_the_same()
    {
        var (store, worker, events) = await BeginAsync(episodes: 1);
        var node = Serve(store, worker, events, lease: TimeSpan.FromMilliseconds(400), exitWhenDone: false);
        await Until(() => worker.Running == 1);
        Assert.Equal(1, await store.DrainAsync("here", Stop));
        await node;
        Assert.Equal([ServiceOutcome.Released], events.Outcomes);
    }

    [Fact]
    public async Task Ending_at_once_leaves_what_is_committed()
    {
        var (store, worker, events) = await BeginAsync(episodes: 1);
        var node = Serve(store, worker, events);
        worker.Allow(1);
        await Until(() => worker.Made.Count == 1);
        await _stopNow.CancelAsync();
        await node;
        var episode = Assert.Single(await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop));
        Assert.Equal((JournalState.Planned, 1), (episode.State, episode.Committed));
    }

    [Fact]
    public async Task A_cancelled_episode_is_stopped_by_the_next_heart_beat()
    {
        var (store, worker, events) = await BeginAsync(episodes: 1);
        var node = Serve(store, worker, events, lease: TimeSpan.FromMilliseconds(400));
        await Until(() => worker.Running == 1);
        await store.CancelAsync(new EpisodeSelection { All = true }, Stop);
        await node;
        Assert.Equal([ServiceOutcome.Lost], events.Outcomes);
        Assert.Equal(JournalState.Cancelled, Assert.Single(await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop)).State);
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_lease_longer_than_the_work_needs_no_luck_but_a_short_one_is_kept_alive()
    {
        var (store, worker, events) = await BeginAsync(episodes: 1);
        var node = Serve(store, worker, events, lease: TimeSpan.FromMilliseconds(300));
        await Until(() => worker.Running == 1);
        // Another node asks all the time, for several leases; it gets nothing while the owner's heart beats.
        var other = await store.RegisterAsync(new NodeDescription("other", ["cpu"], 1, long.MaxValue), Stop);
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (since.Elapsed < TimeSpan.FromMilliseconds(1200))
        {
            Assert.Empty(await store.ClaimAsync(new ClaimRequest(other, 1, TimeSpan.FromSeconds(5)), Stop));
        }

        worker.Allow(3);
        await node;
        Assert.Equal([ServiceOutcome.Completed], events.Outcomes);
    }

    [Fact]
    public async Task A_failure_is_tried_again_and_counted()
    {
        var failures = 0;
        var worker = new ScriptedWorker { Before = (_, _) => Throw(Interlocked.Increment(ref failures) <= 2, new InvalidOperationException("broken\nbadly")) };
        var (store, _, events) = await BeginAsync(episodes: 1, options: new StoreOptions { RetryDelay = TimeSpan.Zero });
        worker.Allow(20);
        await Serve(store, worker, events, pause: TimeSpan.FromMilliseconds(20));
        Assert.Equal([ServiceOutcome.Failed, ServiceOutcome.Failed, ServiceOutcome.Completed], events.Outcomes);
        Assert.Equal(2, events.Causes.Count(cause => cause == "broken; badly; it is tried again"));
        await ConsistentAsync(store);
    }

    [Fact]
    public async Task A_spec_that_nobody_can_run_fails_at_once()
    {
        var worker = new ScriptedWorker { Before = (_, _) => throw new EpisodeRefusedException("no such key", new InvalidOperationException()) };
        var (store, _, events) = await BeginAsync(episodes: 1);
        worker.Allow(20);
        await Serve(store, worker, events);
        Assert.Equal([ServiceOutcome.Failed], events.Outcomes);
        var episode = Assert.Single(await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop));
        Assert.Equal((JournalState.Failed, "no such key"), (episode.State, episode.Cause));
    }

    [Fact]
    public async Task A_full_disk_is_nobodys_failure()
    {
        var full = 1;
        var worker = new ScriptedWorker { Before = (_, i) => Throw(i == 1 && Interlocked.Exchange(ref full, 0) == 1, new DiskFullException("full", new IOException())) };
        var (store, _, events) = await BeginAsync(episodes: 1);
        worker.Allow(20);
        await Serve(store, worker, events, pause: TimeSpan.FromMilliseconds(20));
        Assert.Equal([ServiceOutcome.Released, ServiceOutcome.Completed], events.Outcomes);
        Assert.Equal(0, Assert.Single(await store.ListAsync(new EpisodeSelection { All = true }, stop: Stop)).Failures);
    }

    [Fact]
    public async Task A_node_that_can_compute_nothing_gives_everything_back_and_says_so()
    {
        var worker = new ScriptedWorker { Before = (_, _) => throw new NodeUnusableException("poisoned", new InvalidOperationException()) };
        var (store, _, events) = await BeginAsync(episodes: 3);
        var node = Serve(store, worker, events, capacity: 3);
        await Until(() => worker.Running == 3);
        worker.Allow(1);
        Assert.Equal("poisoned", (await Assert.ThrowsAsync<NodeUnusableException>(() => node)).Message);
        Assert.Equal(2, events.Outcomes.Count(outcome => outcome == ServiceOutcome.Released));
        Assert.Equal(1, events.Outcomes.Count(outcome => outcome == ServiceOutcome.Failed));
    }

    [Fact]
    public async Task Ending_with_a_sweep_leaves_other_sweeps_alone()
    {
        var (store, worker, events) = await BeginAsync(episodes: 1);
        await store.PlanAsync(Plans.Sweep("other"), [NewEpisode(7)], Stop);
        var mine = (await store.SummaryAsync(stop: Stop)).Sweeps[0].Id;
        var node = Serve(store, worker, events, sweep: mine);
        worker.Allow(3);
        await node;
        Assert.Equal(JournalState.Completed, Assert.Single(await store.ListAsync(EpisodeSelection.OfSweep(mine), stop: Stop)).State);
        await ConsistentAsync(store);
    }

    private static void Throw(bool when, Exception failure)
    {
        if (when)
        {
            throw failure;
        }
    }

    private EpisodeFiles Files => EpisodeFiles.Open(_folder.File("state"));

    private static PlannedEpisode NewEpisode(int number) => new($"prompts/{number}", Spec(number).ToJson(), 3);

    private static EpisodeSpec Spec(int number) => new()
    {
        Prompts = "/prompts",
        Dataset = "prompts",
        VideoId = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        FrameStride = 1,
        Settings = new Dictionary<string, string> { ["wma.rollout.seed"] = "1" },
    };

    private async Task<(IEpisodeStore Store, ScriptedWorker Worker, Events Events)> BeginAsync(int episodes, StoreOptions? options = null)
    {
        _store = await EpisodeStores.OpenAsync(new SqliteLocation(_folder.File("state", "store.sqlite")), options, Stop);
        if (episodes > 0)
        {
            await _store.PlanAsync(Plans.Sweep(), [.. Enumerable.Range(0, episodes).Select(NewEpisode)], Stop);
        }

        return (_store, new ScriptedWorker(), new Events());
    }

    private static NodeOptions Options(int capacity = 1) => new()
    {
        Description = new NodeDescription("here", ["cpu"], capacity, long.MaxValue),
        ExitWhenDone = true,
    };

    private Task Serve(
        IEpisodeStore store, IEpisodeWorker worker, Events events, int capacity = 1, TimeSpan? lease = null, TimeSpan? pause = null, bool exitWhenDone = true, string? sweep = null,
        IEpisodePlacement? placement = null) =>
        new NodeService(
            store,
            Files,
            worker,
            Options(capacity) with
            {
                Lease = lease ?? TimeSpan.FromMinutes(1),
                LongestPause = pause ?? TimeSpan.FromSeconds(2),
                DiskFullPause = TimeSpan.FromMilliseconds(50),
                ExitWhenDone = exitWhenDone,
                SweepId = sweep,
            },
            events,
            null,
            placement).RunAsync(_drain.Token, _stopNow.Token);

    private async Task ConsistentAsync(IEpisodeStore store) =>
        Assert.Empty((await new StoreCheck(store, Files).RunAsync(Stop)).Findings);

    private static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    /// <summary>Asks until it is so; a test that hangs fails.</summary>
    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private sealed class Events : INodeObserver
    {
        private readonly ConcurrentQueue<(ServiceOutcome Outcome, string? Cause)> _ended = [];

        public IReadOnlyList<ServiceOutcome> Outcomes => [.. _ended.Select(ended => ended.Outcome)];

        public IReadOnlyList<string?> Causes => [.. _ended.Select(ended => ended.Cause)];

        public void Ended(Claim claim, ServiceOutcome outcome, string? cause) => _ended.Enqueue((outcome, cause));
    }
}
