using System.Globalization;
using System.Reflection;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using WorldModelActors.Engine.Akka;
using WorldModelActors.Episodes;

namespace WorldModelActors.Cluster;

/// <summary>
/// A node's part in a cluster: a shard region with entities of episodes, perhaps the planner, and the way in and out. The actors that imagine are not
/// in this system.
/// </summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private const string EntityType = "episode";
    private const string PlannerName = "planner";

    /// <summary>Code of the reason by which Akka ends a system that could not greet another one by TLS; the type is internal there.</summary>
    private const int TlsHandshakeFailed = 79;

    private readonly ActorSystem _system;
    private readonly PlacementBook _book = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _asked;
    private CoordinatedShutdown.Reason? _reason;

    private ClusterNode(ActorSystem system) => _system = system;

    /// <summary>Which episodes this node may claim.</summary>
    public IEpisodePlacement Placement => _book;

    /// <summary>Cancelled when the node is about to leave, by its own or the others' will: it is to drain.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>Why the node leaves although nobody here asked it to; null where it does not.</summary>
    public string? TakenOut =>
        !_leaving.IsCancellationRequested || _asked ? null
        : _reason?.ExitCode == TlsHandshakeFailed ? "another node's certificate is not of this node's authority or out of date, or it shows none (wma.akka.tls, docs/engines.md)"
        : "the cluster has taken this node out (it was not to be reached, or on the smaller side)";

    /// <summary>Where the others reach it.</summary>
    public string Address => AkkaCluster.Get(_system).SelfAddress.ToString();

    /// <summary>Starts to join; members come and go from then on.</summary>
    /// <param name="options">How.</param>
    /// <param name="store">Where the episodes are; it is the caller's.</param>
    /// <param name="note">Told what is worth a line, from any thread.</param>
    public static ClusterNode Join(ClusterOptions options, IEpisodeStore store, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(options);
        var system = AkkaSystems.Create(ClusterOptions.SystemName, Configuration(options));
        var node = new ClusterNode(system);
        try
        {
            node.Begin(options, store, note);
            return node;
        }
        catch
        {
            system.Terminate();
            throw;
        }
    }

    /// <summary>The node serves from now on: entities that leave have it give their episode back.</summary>
    public void Serve(NodeService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        _book.GiveBack = service.GiveBackAsync;
    }

    /// <summary>The node has drained: what waits for that goes on.</summary>
    public void Drained() => _drained.TrySetResult();

    /// <summary>Leaves in good order: shards move, the others need not find out by themselves.</summary>
    public async Task LeaveAsync()
    {
        _asked = !_leaving.IsCancellationRequested;
        Drained();
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance).ConfigureAwait(false);
        await _system.WhenTerminated.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await LeaveAsync().ConfigureAwait(false);
        _leaving.Dispose();
    }

    /// <summary>The settings of the cluster's system.</summary>
    internal static Akka.Configuration.Config Configuration(ClusterOptions options) => AkkaConfiguration.Load([.. options.Overrides, options.ToHocon(), BuiltInText()]);

    private static string BuiltInText()
    {
        const string name = "hocon/akka-cluster.conf";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is missing in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private void Begin(ClusterOptions options, IEpisodeStore store, Action<string> note)
    {
        var cluster = AkkaCluster.Get(_system);
        var shutdown = CoordinatedShutdown.Get(_system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain", async () =>
        {
            _reason = shutdown.ShutdownReason;
            await _leaving.CancelAsync().ConfigureAwait(false);
            await _drained.Task.ConfigureAwait(false);
            return Akka.Done.Instance;
        });
        _system.ActorOf(Props.Create(() => new ClusterLog(note)), "log");
        var encrypted = cluster.SelfAddress.Protocol.Contains("ssl", StringComparison.Ordinal);
        _system.ActorOf(Props.Create(() => new MembershipWatch(options.Seeds, encrypted, note, Quarantined)), "membership");

        var sharding = ClusterSharding.Get(_system);
        var settings = ClusterShardingSettings.Create(_system).WithRole(ClusterOptions.GpuRole);
        var extractor = new EpisodeExtractor();
        var region = options.Roles.Contains(ClusterOptions.GpuRole)
            ? sharding.Start(EntityType, id => EpisodeEntity.Props(id, _book, store), settings, extractor, sharding.DefaultShardAllocationStrategy(settings), StopEpisode.Instance)
            : sharding.StartProxy(EntityType, ClusterOptions.GpuRole, extractor);
        if (options.Roles.Contains(ClusterOptions.ControlRole))
        {
            _system.ActorOf(
                ClusterSingletonManager.Props(
                    SweepPlanner.Props(store, region, options.Window, note), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(_system).WithRole(ClusterOptions.ControlRole)),
                PlannerName);
        }

        var mediator = DistributedPubSub.Get(_system).Mediator;
        _book.Told = (claim, kind) => mediator.Tell(new Publish(EpisodeProgress.Topic, new EpisodeProgress(options.Node, claim.EpisodeId, kind, claim.Epoch)));
        cluster.JoinSeedNodes(options.Seeds.Select(seed => Seed(cluster.SelfAddress, seed)));
    }

    /// <summary>The seed's address: this node's own with another host and port.</summary>
    private static Address Seed(Address own, string seed)
    {
        var at = seed.LastIndexOf(':');
        return at > 0 && int.TryParse(seed.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? own.WithHost(seed[..at]).WithPort(port)
            : throw new FormatException($"'{seed}' is no seed node: write host:port");
    }

    private void Quarantined() => _ = CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
}
