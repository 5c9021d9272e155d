using Akka.Cluster.Sharding;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cluster;

/// <summary>
/// An episode where the cluster has put it. While it lives, this node may claim the episode; it owns nothing and writes nothing: the claim's epoch
/// does. When its episode has ended, here or elsewhere, it passivates, and is not remembered any more.
/// </summary>
internal sealed class EpisodeEntity : ReceiveActor
{
    /// <summary>How often an entity looks for itself whether its episode has ended: by another node's hand, or a user's.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(15);

    private readonly string _episode;
    private readonly PlacementBook _book;
    private readonly IEpisodeStore _store;

    public EpisodeEntity(string episode, PlacementBook book, IEpisodeStore store)
    {
        (_episode, _book, _store) = (episode, book, store);
        Receive<RunEpisode>(_ => { });
        Receive<WorkEnded>(_ => Look());
        Receive<ReceiveTimeout>(_ => Look());
        Receive<Looked>(looked =>
        {
            if (looked.HasEnded)
            {
                Context.Parent.Tell(new Passivate(StopEpisode.Instance));
            }
        });
        Receive<StopEpisode>(_ => Leave());
        Receive<GivenBack>(_ => Context.Stop(Self));
    }

    public static Props Props(string episode, PlacementBook book, IEpisodeStore store) => Akka.Actor.Props.Create(() => new EpisodeEntity(episode, book, store));

    protected override void PreStart()
    {
        _book.Enter(_episode, Self);
        SetReceiveTimeout(s_idle);
    }

    protected override void PostStop() => _book.Strike(_episode, Self);

    private void Look()
    {
        var (store, episode) = (_store, _episode);
        LookAsync().PipeTo(Self);

        async Task<Looked> LookAsync()
        {
            try
            {
                // An id that the store does not know is none: nothing is to be done for it.
                return new Looked((await store.FindAsync(episode).ConfigureAwait(false))?.State.IsEnded() ?? true);
            }
            catch (StoreException)
            {
                // The next look may find the store there again.
                return new Looked(false);
            }
        }
    }

    private void Leave()
    {
        // First, so that the node does not claim it again.
        _book.Strike(_episode, Self);
        _book.GiveBack(_episode).ContinueWith(_ => new GivenBack(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).PipeTo(Self);
    }

    /// <summary>The node's work on the episode has ended.</summary>
    internal sealed record WorkEnded : INotInfluenceReceiveTimeout;

    private sealed record Looked(bool HasEnded) : INotInfluenceReceiveTimeout;

    private sealed record GivenBack;
}
