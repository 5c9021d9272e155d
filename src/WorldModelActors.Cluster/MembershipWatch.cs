using System.Globalization;
using Akka.Cluster;
using Akka.Remote;

namespace WorldModelActors.Cluster;

/// <summary>Says in a line who comes, goes and cannot be reached.</summary>
internal sealed class MembershipWatch : ReceiveActor
{
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly HashSet<Address> _up = [];

    public MembershipWatch(Action<string> note, Action quarantined)
    {
        string Count() => string.Create(CultureInfo.InvariantCulture, $"{_up.Count} {(_up.Count == 1 ? "member" : "members")}");

        Receive<ClusterEvent.MemberUp>(up =>
        {
            _up.Add(up.Member.Address);
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
    }

    protected override void PreStart()
    {
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
}
