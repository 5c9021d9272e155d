using System.Diagnostics;
using System.Globalization;
using WorldModelActors.Episodes;
using WorldModelActors.Reliability;

namespace WorldModelActors.Chaos;

/// <summary>Episodes on several nodes, disturbed again and again; then everything must be as if nothing had happened.</summary>
internal sealed class ChaosRun(ChaosOptions options, TextWriter log)
{
    private const double CalmPause = 0.2;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(CalmPause);

    private readonly List<FaultRecord> _faults = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Runs it.</summary>
    /// <param name="undisturbed">What the outputs must be.</param>
    /// <param name="folder">An empty folder for the store and the state.</param>
    /// <param name="postgres">The database; null for SQLite.</param>
    /// <param name="stop">Stops waiting: the run has failed.</param>
    public async Task<ChaosReport> RunAsync(UndisturbedRun undisturbed, string folder, PrivatePostgres? postgres, CancellationToken stop)
    {
        await using var place = await Workplace.OpenAsync(postgres?.NewStore() ?? Path.Combine(folder, "store.sqlite"), Path.Combine(folder, "state"), stop);
        foreach (var work in options.Workloads())
        {
            await place.PlanAsync(work, stop);
        }

        var begin = _clock.Elapsed;
        using var network = options.CutsNetwork ? Network() : null;
        var seats = network?.Seats ?? (options.InCluster ? ClusterSeat.OnLoopback(options.Nodes) : null);
        var slots = Enumerable.Range(1, options.Nodes).Select(number => new NodeSlot(place, options, number, seats?[number - 1])).ToList();
        slots.ForEach(slot => slot.Start());
        var injector = new FaultInjector(place, postgres, network, options);
        var running = new List<Task>();
        try
        {
            foreach (var fault in FaultPlan.Make(options))
            {
                var all = await place.UntilAsync("the next fault is due", it => it.Sum(dossier => dossier.Count(EventKind.IterationCommitted)) >= fault.AfterIterations || it.AllEnded(), stop);
                if (all.AllEnded())
                {
                    Say("all episodes have ended before the faults did: more iterations are needed");
                    break;
                }

                foreach (var failed in running.Where(task => task.IsFaulted))
                {
                    await failed;
                }

                RequireAlive(slots);
                running.Add(await BeginAsync(place, injector, fault, slots, stop));
                running.RemoveAll(task => task.IsCompletedSuccessfully);
            }

            await Task.WhenAll(running);
            await place.UntilAsync("all episodes have ended", it => it.AllEnded(), stop);
            var seconds = (_clock.Elapsed - begin).TotalSeconds;
            RequireAlive(slots);
            foreach (var slot in slots)
            {
                await slot.ServesAsync(stop);
                slot.Retire();
                slot.Process.Send(Signal.Terminate);
            }

            foreach (var slot in slots)
            {
                var exit = await slot.Process.EndAsync(stop);
                Require(exit == 0 || (options.InCluster && exit == NodeSlot.StartAgain), $"{slot.Process.Title} did not end well:\n{slot.Process.Text}");
            }

            var verdict = await new Invariants(place, undisturbed) { FramesPerIteration = options.ExecuteSteps }.CheckAsync(stop);
            return ChaosReport.Of(options, _faults, verdict, await place.UntilAsync("the store answers", _ => true, stop), seconds) with { StartedAgain = slots.Sum(slot => slot.StartedAgain) };
        }
        finally
        {
            Directory.CreateDirectory(options.Out);
            await File.WriteAllTextAsync(Path.Combine(options.Out, "nodes.log"), string.Join("\n\n", place.Nodes.Select(node => $"--- {node.Title}\n{node.Text}")), CancellationToken.None);
        }
    }

    /// <summary>Begins a fault on a node that has none at the moment, and returns while it is being done.</summary>
    private async Task<Task> BeginAsync(Workplace place, FaultInjector injector, PlannedFault fault, List<NodeSlot> slots, CancellationToken stop)
    {
        NodeSlot? slot;
        while ((slot = Enumerable.Range(0, slots.Count).Select(i => slots[(fault.Node + i) % slots.Count]).FirstOrDefault(it => !it.IsBusy)) is null)
        {
            await Task.Delay(s_pause, stop);
        }

        // The database has no node of its own.
        if (fault.Kind == FaultKind.KillPostgres)
        {
            Note(await injector.DoAsync(fault, slot, stop));
            return Task.CompletedTask;
        }

        slot.IsBusy = true;
        return Task.Run(
            async () =>
            {
                try
                {
                    FaultRecord? done;
                    while ((done = await injector.DoAsync(fault, slot, stop)) is null)
                    {
                        // No occasion at the moment: nothing is being written, or the node has nothing.
                        await Task.Delay(s_pause, stop);
                        if ((await place.UntilAsync("the store answers", _ => true, stop)).AllEnded())
                        {
                            Say($"{fault.Kind} came too late: everything has ended");
                            return;
                        }
                    }

                    Note(done);
                }
                finally
                {
                    slot.IsBusy = false;
                }
            },
            stop);
    }

    private void Note(FaultRecord? record)
    {
        lock (_faults)
        {
            _faults.Add(record!);
            Say(string.Create(CultureInfo.InvariantCulture, $"fault {_faults.Count}/{options.Faults}: {record!.Kind} {record.Node} ({record.Note})"));
        }
    }

    /// <summary>A node ends when it is told to, never by itself.</summary>
    private static void RequireAlive(List<NodeSlot> slots)
    {
        foreach (var slot in slots.Where(slot => !slot.IsBusy && slot.Process.ExitCode is not (null or NodeSlot.StartAgain)))
        {
            Require(slot.IsBusy, $"{slot.Process.Title} ended by itself:\n{slot.Process.Text}");
        }
    }

    private PrivateNetwork Network()
    {
        var (network, reason) = PrivateNetwork.Make(options.Nodes);
        return network ?? throw new InvalidOperationException(reason);
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new InvalidOperationException(message);
        }
    }

    private void Say(string text) => log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,7:0.0} s  {text}"));
}
