using Akka.Cluster.Tools.PublishSubscribe;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cluster;

/// <summary>
/// One in the cluster, on the oldest node with the role <c>control</c>: reads from the store which episodes of all sweeps come next, in the order of
/// claims, and sees to it that each has an entity. It keeps nothing: its successor reads the same store.
/// </summary>
internal sealed class SweepPlanner : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <summary>An entity that was told of this long ago is told again: whatever got lost on the way is made good by that.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(20);

    private readonly IEpisodeStore _store;
    private readonly IActorRef _region;
    private readonly int _window;
    private readonly Dictionary<string, TimeSpan> _told = new(StringComparer.Ordinal);
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
    private bool _reading;
    private bool _again;

    public SweepPlanner(IEpisodeStore store, IActorRef region, int window, Action<string> note)
    {
        (_store, _region, _window) = (store, region, window);
        Receive<Tick>(_ => Read());
        // Room for the next one, without waiting for the pause.
        Receive<EpisodeProgress>(progress =>
        {
            if (progress.Kind == EpisodeProgressKind.Ended)
            {
                _told.Remove(progress.EpisodeId);
                Read();
            }
        });
        Receive<Unended>(Plan);
        Receive<SubscribeAck>(_ => { });
        note("this node plans the sweeps");
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IEpisodeStore store, IActorRef region, int window, Action<string> note) => Akka.Actor.Props.Create(() => new SweepPlanner(store, region, window, note));

    protected override void PreStart()
    {
        DistributedPubSub.Get(Context.System).Mediator.Tell(new Subscribe(EpisodeProgress.Topic, Self));
        Timers.StartPeriodicTimer("tick", new Tick(), TimeSpan.Zero, s_pause);
    }

    private void Read()
    {
        if (_reading)
        {
            _again = true;
            return;
        }

        _reading = true;
        var (store, window) = (_store, _window);
        ReadAsync().PipeTo(Self);

        async Task<Unended> ReadAsync()
        {
            try
            {
                return new Unended(await store.UnendedAsync(window).ConfigureAwait(false));
            }
            catch (StoreException)
            {
                // The node says so by itself; the next tick asks again.
                return new Unended(null);
            }
        }
    }

    private void Plan(Unended unended)
    {
        _reading = false;
        if (unended.Ids is { } ids)
        {
            var now = _clock.Elapsed;
            foreach (var id in ids.Where(id => !_told.TryGetValue(id, out var at) || now - at > s_again))
            {
                _told[id] = now;
                _region.Tell(new RunEpisode(id));
            }

            var left = ids.ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _told.Keys.Where(id => !left.Contains(id)).ToList())
            {
                _told.Remove(gone);
            }
        }

        if (_again)
        {
            _again = false;
            Read();
        }
    }

    private sealed record Tick;

    private sealed record Unended(IReadOnlyList<string>? Ids);
}
