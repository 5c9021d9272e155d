using System.Globalization;
using Akka.Cluster;
using Akka.Remote;

namespace WorldModelActors.Cluster;

/// <summary>Says in a line who comes, goes and cannot be reached, and that this node itself does not get in.</summary>
internal sealed class MembershipWatch : ReceiveActor, IWithTimers
{
    /// <summary>Longer than joining takes where seed nodes are there; less than an operator's patience.</summary>
    private static readonly TimeSpan s_waiting = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_waitingOn = TimeSpan.FromMinutes(1);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly HashSet<Address> _up = [];

    /// <param name="seeds">Nodes that this one joins by.</param>
    /// <param name="encrypted">This node shows a certificate.</param>
    /// <param name="note">Told the lines.</param>
    /// <param name="quarantined">Called when the others will never let this process in again.</param>
    public MembershipWatch(IReadOnlyList<string> seeds, bool encrypted, Action<string> note, Action quarantined)
    {
        string Count() => string.Create(CultureInfo.InvariantCulture, $"{_up.Count} {(_up.Count == 1 ? "member" : "members")}");

        Receive<ClusterEvent.MemberUp>(up =>
        {
            _up.Add(up.Member.Address);
            if (up.Member.Address.Equals(_cluster.SelfAddress))
            {
                Timers.Cancel("waiting");
            }

            note($"cluster: {Name(up.Member)} is up, {Count()}");
        });
        Receive<ClusterEvent.UnreachableMember>(lost => note($"cluster: {Name(lost.Member)} cannot be reached"));
        Receive<ClusterEvent.ReachableMember>(back => note($"cluster: {Name(back.Member)} can be reached again"));
        Receive<ClusterEvent.MemberRemoved>(gone =>
        {
            _up.Remove(gone.Member.Address);
            note($"cluster: {Name(gone.Member)} {(gone.PreviousStatus == MemberStatus.Down ? "was taken out" : "has left")}, {Count()}");
        });
        // The others have shut the door for good (a node that stood still and was given up): only another life gets in again.
        Receive<ThisActorSystemQuarantinedEvent>(_ => quarantined());
        Receive<StillWaiting>(_ =>
        {
            note($"cluster: still outside: none of {string.Join(", ", seeds)} lets this node in. Does one run there, and does it {(encrypted ? "show a certificate of this node's authority" : "do without certificates, as this node does")}?");
            Timers.StartSingleTimer("waiting", new StillWaiting(), s_waitingOn);
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartSingleTimer("waiting", new StillWaiting(), s_waiting);
        _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberUp),
            typeof(ClusterEvent.MemberRemoved),
            typeof(ClusterEvent.UnreachableMember),
            typeof(ClusterEvent.ReachableMember));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private static string Name(Member member) => $"{member.Address.Host}:{member.Address.Port?.ToString(CultureInfo.InvariantCulture)}";

    private sealed record StillWaiting;
}
