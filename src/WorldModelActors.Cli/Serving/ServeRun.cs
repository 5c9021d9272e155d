using WorldModelActors.Episodes;
using WorldModelActors.Settings;
using WorldModelActors.Transfer;

namespace WorldModelActors.Cli;

/// <summary>Serves a store in this process, until it is told to end or nothing is left.</summary>
/// <param name="settings">The node's settings.</param>
/// <param name="open">The store.</param>
internal sealed class ServeRun(WmaSettings settings, OpenStore open)
{
    private static readonly TimeSpan s_summaryPause = TimeSpan.FromSeconds(2);

    /// <summary>End when every episode has ended.</summary>
    public bool ExitWhenDone { get; init; }

    /// <summary>The sweep that this is about; null: all of the store.</summary>
    public string? SweepId { get; init; }

    /// <summary>No progress.</summary>
    public bool Quiet { get; init; }

    /// <summary>Take part in the cluster that the settings name, if they name one.</summary>
    public bool JoinsCluster { get; init; }

    /// <summary>Exit code after SIGTERM or Ctrl-C in good order; a service's is 0.</summary>
    public int ExitCodeOfDrain { get; init; } = ExitCode.Done;

    /// <summary>Serves.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        var engine = settings.Engine.ToEngine();
        var devices = settings.Device.ToDevices();
        set_num_threads(settings.Device.ThreadCount());
        settings.SetMathMode(devices);
        var display = Consoles.Display(Quiet);
        await using (display.ConfigureAwait(false))
        {
            using var stopNow = new CancellationTokenSource();
            using var interrupts = new Interrupts(() => display.Note("draining: finishing the iterations in hand (again to quit at once; what is committed stays)"));
            var telemetry = new RunTelemetry(settings.Telemetry, [], display.Note);
            await using (telemetry.ConfigureAwait(false))
            {
                var recorders = new RecorderGroup();
                var pool = new ModelPool(engine, devices, settings.Node.ModelsKept, telemetry, recorders, display.Note);
                await using (pool.ConfigureAwait(false))
                {
                    var progress = new NodeProgress(telemetry.Progress);
                    progress.Listen();
                    var tls = NodeExchange.Tls(settings.Exchange);
                    var server = settings.Exchange.Listen is { } listen ? await TransferServer.StartAsync(new StateFolderSource(open.Files), listen, tls).ConfigureAwait(false) : null;
                    await using var handingOut = (server ?? (IAsyncDisposable)Nothing.Instance).ConfigureAwait(false);
                    using var exchange = server is null ? null : new NodeExchange(open.Store, tls, server.Address, display.Note);
                    var cluster = Join(display.Note);
                    // One that only plans is a node too: seen in the status, drained like the others, and it hands out files.
                    var capacity = cluster?.RunsEpisodes == false ? 0 : settings.Rollout.EpisodesInFlight;
                    var node = new NodeService(
                        open.Store, open.Files, new RolloutWorker(settings, pool, recorders), Options(devices, capacity, server?.Address), progress, null, cluster?.Placement, exchange);
                    cluster?.Serve(node);
                    display.Note($"node {settings.Node.Name ?? Environment.MachineName} serves {open.Store.Location} on {string.Join(", ", devices)}{(cluster is null ? "" : $" in the cluster, as {cluster.Address}")}");
                    display.Follow(progress);
                    using var drain = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Token, cluster?.Leaving ?? CancellationToken.None);
                    using var watching = new CancellationTokenSource();
                    var watch = WatchAsync(progress, watching.Token);
                    try
                    {
                        await node.RunAsync(drain.Token, stopNow.Token).ConfigureAwait(false);
                    }
                    catch (NodeUnusableException cause)
                    {
                        display.Note(cause.Message);
                        return ExitCode.StartAgain;
                    }
                    finally
                    {
                        await watching.CancelAsync().ConfigureAwait(false);
                        await watch.ConfigureAwait(false);
                        if (cluster is not null)
                        {
                            await cluster.LeaveAsync().ConfigureAwait(false);
                        }
                    }

                    if (cluster?.TakenOut is { } why && !interrupts.Token.IsCancellationRequested)
                    {
                        display.Note($"{why}; every episode was given back: start it again");
                        return ExitCode.StartAgain;
                    }
                }
            }

            if (interrupts.Token.IsCancellationRequested)
            {
                display.Note("drained: every episode was given back");
                return ExitCodeOfDrain;
            }
        }

        return await EndedBadlyAsync().ConfigureAwait(false) ? ExitCode.Failed : ExitCode.Done;
    }

    private IClusterMembership? Join(Action<string> note) =>
        !JoinsCluster || settings.Cluster.SeedNodes.Count == 0 ? null
        : settings.Engine.Kind == EngineChoice.Akka ? ClusterMemberships.Join(settings, open.Store, note)
        : throw new UsageException("--seed-nodes: clusters are on Akka.NET: give --engine akka too (docs/cluster.md)");

    private NodeOptions Options(IReadOnlyList<Device> devices, int capacity, Uri? exchange) => new()
    {
        Description = new NodeDescription(
            settings.Node.Name ?? Environment.MachineName, [.. devices.Select(device => device.ToString())], capacity, Memory(devices))
        {
            Exchange = exchange,
        },
        Lease = settings.Store.Lease,
        ExitWhenDone = ExitWhenDone,
        SweepId = SweepId,
    };

    private long Memory(IReadOnlyList<Device> devices) => settings.Node.Memory
        ?? (devices.All(device => device.type == DeviceType.CUDA) ? devices.Sum(device => CudaDevice.Properties(device.index).TotalMemory) : long.MaxValue);

    private async Task WatchAsync(NodeProgress progress, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    progress.Update(await open.Store.SummaryAsync(SweepId, stop: stop).ConfigureAwait(false));
                }
                catch (StoreException cause) when (cause.IsTransient)
                {
                    // The node itself says so.
                }

                await Task.Delay(s_summaryPause, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    /// <summary>Nothing to be disposed of.</summary>
    private sealed class Nothing : IAsyncDisposable
    {
        public static Nothing Instance { get; } = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private async Task<bool> EndedBadlyAsync()
    {
        var summary = await open.Store.SummaryAsync(SweepId).ConfigureAwait(false);
        return summary.Sweeps.Any(sweep => sweep.Episodes.GetValueOrDefault(JournalState.Failed) > 0);
    }
}
